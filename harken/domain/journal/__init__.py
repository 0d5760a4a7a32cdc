"""The journal: an append-only record of every change, and the safe way to read it."""
