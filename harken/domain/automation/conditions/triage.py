"""Asks for one of the marks that triage gives a message."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject

#: mark -> the column of a judgement and what stands in it
_MARKS = {
    "spam": ("relevance", "spam", "spam"),
    "irrelevant": ("relevance", "irrelevant", "not about us"),
    "asked": ("person", "asked", "asks for a person"),
    "threat": ("stakes", "threat", "a threat"),
    "opportunity": ("stakes", "opportunity", "an opportunity"),
}


class MarkedByTriage(Chosen):
    """Asks for one of the marks that triage gives a message."""

    key = "triage"
    label = "triage mark"
    needs_triage = True

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [(key, label) for key, (_, _, label) in _MARKS.items()]

    def of(self, subject: Subject) -> str:
        """The chosen mark when the message has it; a message may have several."""
        column, answer, _ = _MARKS[self.chosen]
        return self.chosen if getattr(subject.judgement, column, "") == answer else ""
