"""Contacts: the people who write to us, and the handles they use on each network."""
