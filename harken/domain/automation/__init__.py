"""Automation: rules that leads wrote, what each of them asks and does, and the log of every run."""
