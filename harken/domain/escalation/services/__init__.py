"""The verbs of escalation; what other rooms call is named here."""

from harken.domain.escalation.services.raising import escalate
from harken.domain.escalation.services.settling import acknowledge, decide, withdraw

__all__ = ["acknowledge", "decide", "escalate", "withdraw"]
