"""Asks how much it matters."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject
from harken.domain.conversations.models import Priority


class PriorityIs(Chosen):
    """Asks how much it matters."""

    key = "priority"
    label = "priority"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return Priority.choices

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return subject.conversation.priority
