"""A simulated day: virtual people at the real desk, invented customers at a real network."""
