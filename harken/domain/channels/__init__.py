"""Channels: the connected accounts, their login, their reading position and their health."""
