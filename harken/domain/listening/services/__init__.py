"""What can be done with monitors, and how posts reach them."""
