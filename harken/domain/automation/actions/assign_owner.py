"""Gives it to the owner of its topic."""

from __future__ import annotations

from harken.domain.automation.courtesy import LeftAlone, give, would_give
from harken.domain.automation.parts import Action, Because
from harken.domain.automation.subject import Subject
from harken.domain.departments.queries import owner_of
from harken.domain.people.models import User


class AssignOwner(Action):
    """Gives it to whoever answers for it: its topic's owner, or who stands in for them now."""

    key = "assign_owner"
    label = "give it to the topic's owner"

    def check(self) -> None:
        """There is nothing to look up."""

    def sentence(self) -> str:
        """What it does."""
        return "give it to the owner of its topic, if nobody has it"

    def would(self, subject: Subject) -> str:
        """Who would get it. Raises `LeftAlone`, also when nobody answers for it."""
        return would_give(subject, _owner(subject), also_away=False)

    def do(self, subject: Subject, because: Because) -> None:  # noqa: ARG002
        """Give it."""
        give(subject, _owner(subject))


def _owner(subject: Subject) -> User:
    owner = owner_of(subject.conversation).user
    if owner is None:
        raise LeftAlone("Its topic has no owner.")
    return owner
