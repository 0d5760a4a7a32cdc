"""Changing many conversations at once, and taking any change back exactly."""
