"""The verbs of follow-ups; what other rooms call is named here."""

from harken.domain.followups.services.promise import done, drop, promise, write_down

__all__ = ["done", "drop", "promise", "write_down"]
