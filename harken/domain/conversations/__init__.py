"""Conversations: one customer in one public tree, everything said, and who owns it."""
