"""The classifier itself: plain Python, no Django, no files to trust, no downloads."""
