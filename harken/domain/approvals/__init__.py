"""Approval with edit: who must agree before an answer leaves, and whose voice is whose."""
