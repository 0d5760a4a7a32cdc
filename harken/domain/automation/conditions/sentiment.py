"""Asks how triage thinks the message is meant."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject


class SentimentIs(Chosen):
    """Asks how triage thinks the message is meant."""

    key = "sentiment"
    label = "feeling"
    needs_triage = True

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [("negative", "negative"), ("neutral", "neutral"), ("positive", "positive")]

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return subject.judgement.sentiment if subject.judgement else ""
