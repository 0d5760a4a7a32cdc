"""The demo: an invented company, its past, and a living network around it."""
