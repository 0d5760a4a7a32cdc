"""Escalation: somebody who may decide more is called, level after level, until one acknowledges."""
