"""Asking one person after the other. An approval is told to those alone who may decide it.

Who is not there is passed over and written down. At the end of the chain everybody else who may
approve is asked at once; when there is nobody at all, the clock tries again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.urls import reverse

from harken.domain.approvals.events import ApprovalAsked
from harken.domain.approvals.models import Approval, ApprovalStep
from harken.domain.approvals.models_rules import SECONDS
from harken.domain.approvals.queries_rules import chain_of, is_there, sees, stand_ins
from harken.domain.journal.services import record
from harken.domain.notifications.services import notify
from harken.domain.people.models import User
from harken.domain.replies.services.permission import place_of


def moment() -> datetime:
    """Now by the database's clock, which all workers share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone() or (None,)
    assert isinstance(now, datetime)
    return now


def ask_next(approval: Approval, now: datetime) -> None:
    """Ask the next person of the chain who is there, else all who are left.

    The caller holds the approval's row. Leaves `next_at` at the moment of the next one.
    """
    in_turn = _in_turn(approval, now)
    _ask(approval, in_turn or _left(approval), now)
    asked = approval.steps.filter(was_asked=True).exists()
    pause = timedelta(seconds=approval.rule.next_after if approval.rule else SECONDS)
    approval.next_at = now + pause if in_turn or not asked else None
    approval.save(update_fields=["asked", "next_at"])


def _chain(approval: Approval) -> list[User | None]:
    if approval.rule is None:
        return [approval.only_by]
    return chain_of(approval.rule, approval.conversation)


def _in_turn(approval: Approval, now: datetime) -> list[User]:
    """The next one of the chain who is there; moves `asked` on. Nobody: the chain is through."""
    chain = _chain(approval)
    while approval.asked < len(chain):
        person = chain[approval.asked]
        approval.asked += 1
        if person is not None and not _is_new(approval, person):
            continue
        if person is not None and is_there(person):
            return [person]
        ApprovalStep.objects.create(approval=approval, person=person, was_asked=False, at=now)
    return []


def _left(approval: Approval) -> list[User]:
    """Whoever else may approve it, there or not."""
    left = [person for person in _chain(approval) if person is not None]
    if approval.only_by is None:
        left += stand_ins(approval.conversation)
    return [one for one in dict.fromkeys(left) if one.is_active and _is_new(approval, one)]


def _is_new(approval: Approval, person: User) -> bool:
    """Whether this person may be asked and was not yet."""
    known = approval.steps.filter(person=person, was_asked=True).exists()
    mine = person.pk == approval.writer_id
    return not known and not mine and sees(person, approval.conversation)


def _ask(approval: Approval, people: Sequence[User], now: datetime) -> None:
    if not people:
        return
    ApprovalStep.objects.bulk_create(
        ApprovalStep(approval=approval, person=person, was_asked=True, at=now) for person in people
    )
    conversation = approval.conversation
    ids = tuple(person.pk for person in people)
    record(ApprovalAsked(approval=approval.pk, people=ids, **place_of(conversation)))
    notify(
        "approval",
        to=people,
        text=f"{_what(approval)} of {approval.writer} waits for your approval.",
        conversation=conversation,
        url=reverse("desk:approval", args=[approval.pk]),
        urgent=True,
    )


def _what(approval: Approval) -> str:
    return "A private text" if approval.is_private else "An answer"
