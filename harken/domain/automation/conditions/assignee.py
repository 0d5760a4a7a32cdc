"""Asks who has the conversation."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject
from harken.domain.people.queries import answering_people


class AssigneeIs(Chosen):
    """Asks who has the conversation."""

    key = "assignee"
    label = "assignee"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [("none", "nobody"), *((str(each.pk), str(each)) for each in answering_people())]

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return str(subject.conversation.assignee_id or "none")
