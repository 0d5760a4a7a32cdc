"""Paging one level after the other. Nothing dies silently: the last level is paged again and again.

A level is paged with those of its people who may see the conversation; nobody is shown a
conversation because they were paged. A level with nobody is written down and the next one is
paged at once. Many are paged with the same few statements as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count
from django.urls import reverse

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.services.permission import teams_of
from harken.domain.escalation.events import EscalationPaged
from harken.domain.escalation.models import (
    Acknowledgement,
    Escalation,
    EscalationStep,
    Level,
    PagedPerson,
)
from harken.domain.escalation.queries import anybody, path_of, people_of
from harken.domain.journal.services import record_all
from harken.domain.notifications.models import Notification
from harken.domain.notifications.services.tell import store
from harken.domain.people.models import Team, User
from harken.domain.sla.written import write_duration


def moment() -> datetime:
    """Now by the database's clock, which all workers share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone() or (None,)
    assert isinstance(now, datetime)
    return now


@dataclass(frozen=True, slots=True)
class Call:
    """A step to be written, and whom it reaches."""

    escalation: Escalation
    step: EscalationStep
    people: Sequence[User]


def page(escalation: Escalation, level: Level, now: datetime) -> None:
    """Page `level`, or the next one above it where somebody is. As `page_all`."""
    page_all([(escalation, level)], now)


def page_all(asked: Sequence[tuple[Escalation, Level]], now: datetime) -> None:
    """Page each escalation's level, or the next one above it where somebody is.

    Leaves `next_at` at the moment when the level above has to be paged. The caller holds the rows
    of all of them, and of their conversations.
    """
    duty = _Duty(escalation.conversation_id for escalation, _ in asked)
    steps = EscalationStep.objects.filter(escalation__in=[each for each, _ in asked])
    done = dict(steps.order_by().values_list("escalation").annotate(Count("id")))
    calls = [
        call
        for escalation, level in asked
        for call in _calls(escalation, level, now, done.get(escalation.pk, 0) + 1, duty)
    ]
    EscalationStep.objects.bulk_create(call.step for call in calls)
    PagedPerson.objects.bulk_create(
        PagedPerson(step=call.step, user=person) for call in calls for person in call.people
    )
    Escalation.objects.bulk_update([each for each, _ in asked], ["level", "next_at"])
    record_all(_paged(call) for call in calls)
    store([row for call in calls for row in _notifications(call, _asks(call))])


def tell(escalation: Escalation, text: str, *, by: User | None = None) -> None:
    """Tell whoever has the escalation, or else whoever was paged last, something about it."""
    taken = Acknowledgement.objects.filter(escalation=escalation).select_related("by").first()
    step = escalation.steps.latest("number")
    people = [taken.by] if taken else list(step.people.all())
    duty = _Duty([escalation.conversation_id])
    seeing = [one for one in duty.seeing(escalation.conversation, people) if one != by]
    store(_notifications(Call(escalation, step, seeing), text))


class _Duty:
    """Who is on, what they may see and how long they have, looked up once for many pages."""

    def __init__(self, conversations: Iterable[int]) -> None:
        self._conversations = list(conversations)
        self._people: dict[tuple[Level, int | None], list[User]] = {}
        self._seconds: dict[tuple[Level, int | None], int] = {}
        self._seen: dict[int, set[int]] = {}

    def people(self, level: Level, escalation: Escalation) -> list[User]:
        """Those of the level who are on and may see the conversation; never who raised it."""
        conversation = escalation.conversation
        key = (level, conversation.team_id)
        if key not in self._people:
            self._people[key] = people_of(level, conversation.team)
        found = self.seeing(conversation, self._people[key])
        return [person for person in found if person.pk != escalation.raised_by_id]

    def seconds(self, level: Level, team: Team | None) -> int:
        """How long the level has to acknowledge."""
        key = (level, team.pk if team else None)
        if key not in self._seconds:
            self._seconds[key] = path_of(team).seconds(level)
        return self._seconds[key]

    def seeing(self, conversation: Conversation, people: Iterable[User]) -> list[User]:
        """Those of `people` who may see the conversation, each once."""
        found = {one.pk: one for one in people if self._sees(one, conversation.pk)}
        return list(found.values())

    def _sees(self, person: User, conversation: int) -> bool:
        if person.pk not in self._seen:
            seen = visible_to(person).filter(pk__in=self._conversations)
            self._seen[person.pk] = set(seen.values_list("pk", flat=True))
        return conversation in self._seen[person.pk]


def _calls(
    escalation: Escalation, level: Level, now: datetime, number: int, duty: _Duty
) -> Iterator[Call]:
    """The levels found empty, then the one that is paged; the escalation is set to wait for it."""
    conversation = escalation.conversation
    people = duty.people(level, escalation)
    while not people and level != Level.EXECUTIVE:
        empty = EscalationStep(escalation=escalation, number=number, level=level, paged_at=now)
        yield Call(escalation, empty, people)
        level, number = level.above, number + 1
        people = duty.people(level, escalation)
    people = people or duty.seeing(conversation, anybody(conversation.team))
    due_at = now + timedelta(seconds=duty.seconds(level, conversation.team))
    escalation.level, escalation.next_at = level, due_at
    step = EscalationStep(
        escalation=escalation, number=number, level=level, paged_at=now, due_at=due_at
    )
    yield Call(escalation, step, people)


def _paged(call: Call) -> EscalationPaged:
    conversation = call.escalation.conversation
    return EscalationPaged(
        conversation=conversation.pk,
        channel=conversation.channel_id,
        teams=teams_of(conversation),
        escalation=call.escalation.pk,
        level=call.step.level,
        people=tuple(person.pk for person in call.people),
    )


def _asks(call: Call) -> str:
    """What the paged read; it never quotes anybody."""
    due_at = call.step.due_at or call.step.paged_at
    within = write_duration(round((due_at - call.step.paged_at).total_seconds()))
    what = f"{call.escalation.get_kind_display()}, from {call.escalation.raiser}"
    return f"{what}. Acknowledge it within {within}."


def _notifications(call: Call, text: str) -> list[Notification]:
    """One for each person of the call: urgent, with the page on which one acknowledges."""
    return [
        Notification(
            person=person,
            kind="escalation",
            text=text,
            conversation=call.escalation.conversation,
            url=reverse("desk:escalation", args=[call.escalation.pk]),
            urgent=True,
        )
        for person in call.people
    ]
