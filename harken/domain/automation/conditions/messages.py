"""Asks how long the conversation already is."""

from __future__ import annotations

from harken.domain.automation.parts import AtLeast
from harken.domain.automation.subject import Subject


class Messages(AtLeast):
    """Asks how many messages the conversation has, the customer's and ours."""

    key = "messages"
    label = "number of messages"

    def amount(self, subject: Subject) -> float | None:
        """How many there are."""
        return subject.conversation.message_count
