"""Harken: the self-hosted webcare centre."""

__version__ = "0.1.0"
