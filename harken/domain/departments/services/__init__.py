"""What departments do on their own: see who is there, and find whoever answers."""
