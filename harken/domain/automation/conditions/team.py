"""Asks whose it is."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject
from harken.domain.people.models import Team


class TeamIs(Chosen):
    """Asks whose it is."""

    key = "team"
    label = "team"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [
            ("none", "no team"),
            *((str(each.pk), each.name) for each in Team.objects.order_by("name")),
        ]

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return str(subject.conversation.team_id or "none")
