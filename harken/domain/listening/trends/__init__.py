"""How much is said, whether that is unusual, and what it is about. Pure: no database, no Django."""
