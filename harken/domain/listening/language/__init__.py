"""The language of monitors: how texts are read, how queries are written and what they mean."""
