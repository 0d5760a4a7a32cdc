"""Confirming what was promised, and saying that it is done or does not count."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from harken.domain.conversations.models import Conversation
from harken.domain.followups.events import FollowUpDropped, FollowUpKept, FollowUpMade
from harken.domain.followups.models import STILL_OPEN, FollowUp
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.models import GONE, Reply
from harken.domain.replies.services.permission import may_write, place_of
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed, Refusal
from harken.kit.text import storable

LONGEST = timedelta(days=366)
LONGEST_WHAT = 300  # characters
BEFORE = timedelta(hours=4)  # so long before it is due one is reminded, at most


class NotOpen(Refusal):
    """It is done or dropped already."""


def promise(reply: Reply, *, what: str, starts: int, due_at: datetime, by: User) -> FollowUp:
    """Remember what a reply promises by `due_at` (aware); confirmed before returns the first.

    Raises `NotAllowed` for anybody but its author and leads, and `Invalid` for a moment that is
    over or more than a year away, or a reply that never left.
    """
    may_write(reply.conversation, by)
    if reply.author_id != by.pk and not by.can_manage:
        raise NotAllowed("What somebody promises is confirmed by themselves or a lead.")
    now = clock.now()
    _check(due_at, now)
    if reply.state in GONE:
        raise Invalid("This answer was taken back, so nothing is promised.")
    with transaction.atomic():
        made, fresh = FollowUp.objects.get_or_create(
            reply=reply,
            starts=starts,
            defaults={
                "conversation": reply.conversation,
                "what": storable(what.strip(), LONGEST_WHAT),
                "due_at": due_at,
                "promised_by": reply.author,
                "next_at": remind_at(now, due_at),
            },
        )
        if fresh:
            _told(made, by)
    return made


def write_down(conversation: Conversation, *, what: str, due_at: datetime, by: User) -> FollowUp:
    """Remember what `by` promised otherwise, by telephone say. Raises `NotAllowed`, `Invalid`."""
    may_write(conversation, by)
    said = storable(what.strip(), LONGEST_WHAT)
    if not said:
        raise Invalid("Write what you promised.")
    now = clock.now()
    _check(due_at, now)
    with transaction.atomic():
        made = FollowUp.objects.create(
            conversation=conversation,
            what=said,
            due_at=due_at,
            promised_by=by,
            next_at=remind_at(now, due_at),
        )
        _told(made, by)
    return made


def _check(due_at: datetime, now: datetime) -> None:
    if not now < due_at <= now + LONGEST:
        raise Invalid("That moment is over, or more than a year away.")


def _told(made: FollowUp, by: User) -> None:
    place = place_of(made.conversation)
    record(FollowUpMade(followup=made.pk, due=made.due_at.isoformat(), by=by.pk, **place))


def remind_at(now: datetime, due_at: datetime) -> datetime:
    """When one is reminded: four hours before, of a shorter time when three quarters are over."""
    return due_at - min(BEFORE, (due_at - now) / 4)


def done(followup: FollowUp, *, by: User) -> FollowUp:
    """Say that it is done although nothing was written: by telephone, say.

    Raises `NotAllowed`, and `NotOpen`.
    """
    may_write(followup.conversation, by)
    now = clock.now()
    late = now > followup.due_at
    with transaction.atomic():
        over = {"broken_at": followup.due_at} if late else {}
        _end(followup, kept_at=now, kept_by=by, **over)
        kept = FollowUpKept(
            followup=followup.pk,
            person=followup.promised_by_id,
            late=late,
            by=by.pk,
            **place_of(followup.conversation),
        )
        record(kept)
    return FollowUp.objects.get(pk=followup.pk)


def drop(followup: FollowUp, *, by: User) -> FollowUp:
    """Say that it does not count any more. Raises `NotAllowed`, and `NotOpen`."""
    may_write(followup.conversation, by)
    if followup.promised_by_id != by.pk and not by.can_manage:
        raise NotAllowed("Only who promised it, a lead or a manager can drop it.")
    with transaction.atomic():
        _end(followup, dropped_at=clock.now(), dropped_by=by)
        place = place_of(followup.conversation)
        record(FollowUpDropped(followup=followup.pk, by=by.pk, **place))
    return FollowUp.objects.get(pk=followup.pk)


def _end(followup: FollowUp, **how: object) -> None:
    still = FollowUp.objects.filter(STILL_OPEN, pk=followup.pk)
    if not still.update(next_at=None, **how):
        raise NotOpen("It is done or dropped already. Reload to see how.")
