"""Listening: standing searches, their language, the matcher that runs all of them at once."""
