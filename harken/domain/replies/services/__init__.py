"""The verbs of drafts, replies and network actions."""
