"""What we promise: policies, business hours, and the clock of each turn, true to the second."""
