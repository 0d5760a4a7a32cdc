"""Hand-overs: from the public thread to a private talk with the same customer, and back."""
