"""What rules can do, one file each. Nothing here can speak to a customer."""
