"""What people do with a hand-over; each verb of the customer's comes from the portal."""
