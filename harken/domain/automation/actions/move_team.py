"""Hands it to a team."""

from __future__ import annotations

from harken.domain.automation.courtesy import leave_to_the_writer
from harken.domain.automation.parts import Action, Because, Choices, Field, chosen_from
from harken.domain.automation.subject import Subject
from harken.domain.conversations.services.topics import move
from harken.domain.people.models import Team


class MoveToTeam(Action):
    """Hands it to a team; its clock runs on."""

    key = "move_team"
    label = "move to a team"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [(str(each.pk), each.name) for each in Team.objects.order_by("name")]

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The team."""
        return (Field("to", "to", choices=cls.choices),)

    def check(self) -> None:
        """Raises `Invalid` when the team is gone."""
        chosen_from(self.choices(), self.values.get("to", ""), "Move to a team")
        self.team = Team.objects.get(pk=int(self.values["to"]))

    def sentence(self) -> str:
        """What it does."""
        return f"move it to {self.team}"

    def would(self, subject: Subject) -> str:
        """The team before and after. Raises `LeftAlone` while a colleague writes."""
        before = subject.conversation.team
        if before == self.team:
            return ""
        leave_to_the_writer(subject)
        return f"team: {before or 'none'} → {self.team}"

    def do(self, subject: Subject, because: Because) -> None:  # noqa: ARG002
        """Move it."""
        move(subject.conversation, to=self.team, by=None)
