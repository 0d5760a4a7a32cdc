"""What rules can ask, one file each."""
