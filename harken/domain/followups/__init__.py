"""Follow-ups: what we told a customer we would do, and by when; reminded, kept or broken."""
