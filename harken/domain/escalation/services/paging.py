"""Paging one level after the other. Nothing dies silently: the last level is paged again and again.

A level is paged with those of its people who may see the conversation; nobody is shown a
conversation because they were paged. A level with nobody is written down and the next one is
paged at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.urls import reverse

from harken.domain.conversations.services.permission import teams_of
from harken.domain.escalation.events import EscalationPaged
from harken.domain.escalation.models import (
    Acknowledgement,
    Escalation,
    EscalationStep,
    Level,
    PagedPerson,
)
from harken.domain.escalation.queries import anybody, path_of, people_of, seeing
from harken.domain.journal.services import record
from harken.domain.notifications.services import notify
from harken.domain.people.models import User
from harken.domain.sla.written import write_duration


def moment() -> datetime:
    """Now by the database's clock, which all workers share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone() or (None,)
    assert isinstance(now, datetime)
    return now


def page(escalation: Escalation, level: Level, now: datetime) -> EscalationStep:
    """Page `level`, or the next one above it where somebody is. The caller holds both rows.

    Leaves `next_at` at the moment when the level above has to be paged.
    """
    conversation = escalation.conversation
    number = escalation.steps.count() + 1
    while True:
        people = seeing(conversation, people_of(level, conversation.team))
        if people or level == Level.EXECUTIVE:
            break
        _note(escalation, EscalationStep(number=number, level=level, paged_at=now), people)
        level, number = level.above, number + 1
    people = people or seeing(conversation, anybody(conversation.team))
    due_at = now + timedelta(seconds=path_of(conversation.team).seconds(level))
    step = EscalationStep(number=number, level=level, paged_at=now, due_at=due_at)
    escalation.level, escalation.next_at = level, due_at
    escalation.save(update_fields=["level", "next_at"])
    return _note(escalation, step, people)


def tell(escalation: Escalation, text: str, *, by: User | None = None) -> None:
    """Tell whoever has the escalation, or else whoever was paged last, something about it."""
    taken = Acknowledgement.objects.filter(escalation=escalation).select_related("by").first()
    last = escalation.steps.order_by("-number").first()
    people = [taken.by] if taken else list(last.people.all()) if last else []
    _notify(escalation, text, people, by)


def _notify(escalation: Escalation, text: str, people: Sequence[User], by: User | None) -> None:
    """Urgently, and with the page on which one acknowledges; never quotes anybody."""
    notify(
        "escalation",
        to=people,
        text=text,
        by=by,
        conversation=escalation.conversation,
        url=reverse("desk:escalation", args=[escalation.pk]),
        urgent=True,
    )


def _note(escalation: Escalation, step: EscalationStep, people: Sequence[User]) -> EscalationStep:
    step.escalation = escalation
    step.save(force_insert=True)
    PagedPerson.objects.bulk_create(PagedPerson(step=step, user=person) for person in people)
    conversation = escalation.conversation
    record(
        EscalationPaged(
            conversation=conversation.pk,
            channel=conversation.channel_id,
            teams=teams_of(conversation),
            escalation=escalation.pk,
            level=step.level,
            people=tuple(person.pk for person in people),
        )
    )
    if step.due_at is not None:
        within = write_duration(round((step.due_at - step.paged_at).total_seconds()))
        what = f"{escalation.get_kind_display()}, from {escalation.raiser}"
        _notify(escalation, f"{what}. Acknowledge it within {within}.", people, None)
    return step
