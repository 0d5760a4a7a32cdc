"""Asks how the conversation reached us."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject
from harken.kit.connector import Why

_WAYS: Choices = (
    (Why.MENTION, "somebody mentioned us"),
    (Why.REPLY, "somebody replied to us"),
    (Why.QUOTE, "somebody quoted us"),
    (Why.SEARCH, "it has a word we listen for"),
)


class WhyIs(Chosen):
    """Asks how the conversation reached us."""

    key = "why"
    label = "it came"
    words = ("because", "not because")

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return _WAYS

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return subject.conversation.why
