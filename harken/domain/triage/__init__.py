"""Triage: what a message is about and how it is meant, said with the reason, never acted upon."""
