"""Replies: the one door out to any network, from draft to receipt."""
