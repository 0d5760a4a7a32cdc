"""Bluesky's public firehose as JSON. See README.md in this folder."""

from harken.connectors.jetstream.source import Jetstream

__all__ = ["Jetstream"]
