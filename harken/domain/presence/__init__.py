"""Who has a conversation open, and who writes in it: true for a moment, never history."""
