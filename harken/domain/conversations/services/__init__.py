"""The verbs of a conversation."""
