"""What the numbers say: reports that add up and open their rows."""
