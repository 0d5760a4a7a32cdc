"""Loopback: a small public social network of our own, for tests, the demo and training."""
