"""Asks how the contact is marked."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject
from harken.domain.contacts.models import Mark


class MarkIs(Chosen):
    """Asks how the contact is marked."""

    key = "mark"
    label = "contact mark"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [(value or "none", label) for value, label in Mark.choices]

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return subject.conversation.contact.mark or "none"
