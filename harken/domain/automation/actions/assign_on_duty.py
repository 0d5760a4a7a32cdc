"""Gives it to whoever is on duty."""

from __future__ import annotations

from django.db.models import Count, Q

from harken.domain.automation.courtesy import LeftAlone, give, would_give
from harken.domain.automation.parts import Action, Because
from harken.domain.automation.subject import Subject
from harken.domain.conversations.models import State
from harken.domain.people.models import User
from harken.domain.roster.queries import on_duty


class AssignOnDuty(Action):
    """Gives it to the person on duty in its team who has the fewest open conversations."""

    key = "assign_on_duty"
    label = "give it to who is on duty"

    def check(self) -> None:
        """There is nothing to look up."""

    def sentence(self) -> str:
        """What it does."""
        return "give it to who is on duty and has the fewest, if nobody has it"

    def would(self, subject: Subject) -> str:
        """Who would get it. Raises `LeftAlone`, also when nobody is on duty."""
        return would_give(subject, _least_busy(subject), also_away=False)

    def do(self, subject: Subject, because: Because) -> None:  # noqa: ARG002
        """Give it."""
        give(subject, _least_busy(subject))


def _least_busy(subject: Subject) -> User:
    team = subject.conversation.team
    if team is None:
        raise LeftAlone("It is in no team, so nobody is on duty for it.")
    people = [each.pk for each in on_duty(team)]
    busy = Count("conversation", filter=Q(conversation__state=State.OPEN))
    found = User.objects.filter(pk__in=people, teams=team).annotate(busy=busy)
    first = found.order_by("busy", "pk").first()
    if first is None:
        raise LeftAlone(f"Nobody of {team} is on duty.")
    return first
