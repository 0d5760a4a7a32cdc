"""What can be done to a channel: one verb, one transaction, one event."""
