"""Hashtags, whole servers and searches, at what speaks Mastodon's API. See README.md here."""

from harken.connectors.mastodon.timeline import Timeline, everybody, hashtag

__all__ = ["Timeline", "everybody", "hashtag"]
