"""The outbox at work: claim, write the attempt down, call, settle; look where nobody knows."""
