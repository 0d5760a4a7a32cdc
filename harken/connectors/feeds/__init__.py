"""RSS and Atom feeds, and the comments below what they list. See README.md in this folder."""

from harken.connectors.feeds.source import Feed

__all__ = ["Feed"]
