"""Who is on and when: shifts, absence, swaps, handover, who is called out of hours."""
