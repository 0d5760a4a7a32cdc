"""Tools without a domain word; each module is named after a thing."""
