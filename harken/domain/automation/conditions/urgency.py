"""Asks whether triage thinks it cannot wait its turn."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject


class UrgencyIs(Chosen):
    """Asks whether triage thinks it cannot wait its turn."""

    key = "urgency"
    label = "urgency"
    needs_triage = True

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [("urgent", "urgent"), ("normal", "normal")]

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return subject.judgement.urgency if subject.judgement else ""
