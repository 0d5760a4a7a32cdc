"""Help with writing from any OpenAI-compatible endpoint: off by default, and it never sends.

Harken is complete without this room. Nothing leaves before a person asks, what leaves is masked,
and what comes back is a text on a page that a person may put into their answer.
"""
