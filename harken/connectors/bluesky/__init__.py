"""Bluesky, and every other server that speaks the AT Protocol. See README.md in this folder."""

from harken.connectors.bluesky.connector import BlueskyConnector

__all__ = ["BlueskyConnector"]
