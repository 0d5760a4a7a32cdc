"""Stories and comments of Hacker News. See README.md in this folder."""

from harken.connectors.hackernews.source import HackerNews

__all__ = ["HackerNews"]
