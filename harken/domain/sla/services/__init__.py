"""The verbs of promises and business hours, and the one that keeps the clocks right."""
