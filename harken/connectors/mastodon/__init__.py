"""Hashtags at servers that speak Mastodon's API. See README.md in this folder."""

from harken.connectors.mastodon.source import Hashtag

__all__ = ["Hashtag"]
