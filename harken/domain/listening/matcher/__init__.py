"""All active monitors against every post in one pass."""
