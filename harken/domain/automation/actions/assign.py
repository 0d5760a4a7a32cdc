"""Gives it to a person."""

from __future__ import annotations

from harken.domain.automation.courtesy import give, would_give
from harken.domain.automation.parts import Action, Because, Choices, Field, chosen_from
from harken.domain.automation.subject import Subject
from harken.domain.people.models import User
from harken.domain.people.queries import answering_people

_EVEN: Choices = (("free", "only if nobody has it"), ("always", "also away from a colleague"))


class Assign(Action):
    """Gives it to a person who can answer."""

    key = "assign"
    label = "give it to a person"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [(str(each.pk), str(each)) for each in answering_people()]

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The person, and whether a colleague who has it keeps it."""
        return (
            Field("to", "to", choices=cls.choices),
            Field("even", "when", choices=lambda: _EVEN, default="free"),
        )

    def check(self) -> None:
        """Raises `Invalid` when the person has left or cannot answer any more."""
        chosen_from(self.choices(), self.values.get("to", ""), "Give it to a person")
        chosen_from(_EVEN, self.values.get("even", "free"), "Give it to a person")
        self.person = User.objects.get(pk=int(self.values["to"]))
        self.also_away = self.values.get("even") == "always"

    def sentence(self) -> str:
        """What it does."""
        return f"give it to {self.person}" + ("" if self.also_away else " if nobody has it")

    def would(self, subject: Subject) -> str:
        """Who had it and who has it then. Raises `LeftAlone`."""
        return would_give(subject, self.person, also_away=self.also_away)

    def do(self, subject: Subject, because: Because) -> None:  # noqa: ARG002
        """Give it."""
        give(subject, self.person)
