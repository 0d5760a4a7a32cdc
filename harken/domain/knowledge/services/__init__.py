"""Changes to what we know: each a verb with `by=`, one transaction, one event."""
