"""Notifications: what a person should know, and the ways it reaches them."""
