"""A waiting answer goes on its way: into the undo countdown, or to the moment chosen for it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.events import ReplyQueued, ReplyScheduled
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.services.permission import place_of
from harken.kit import clock
from harken.kit.refusals import Refusal


class NotWaiting(Refusal):
    """The answer does not wait for anybody any more."""


def on_its_way(reply: Reply) -> None:
    """Give an unsaved or locked answer the state and moments it leaves with; nothing is saved.

    With a moment still to come it waits for that, else it is held for its channel's countdown.
    The database's clock, as everything in the outbox: machines may disagree, it cannot.
    """
    undo = reply.channel.undo_seconds
    if reply.go_at is not None and reply.go_at > clock.now():
        reply.state = ReplyState.SCHEDULED
        reply.hold_until = reply.next_attempt_at = reply.go_at
        return
    reply.state = ReplyState.HELD if undo else ReplyState.QUEUED
    reply.hold_until = reply.next_attempt_at = Now() + timedelta(seconds=undo)


def release(reply: Reply, *, by: User) -> Reply:
    """Let an answer that waited for approval go, and return it. Whether `by` may is the caller's.

    Raises `NotWaiting` when it was decided already.
    """
    with transaction.atomic():
        locked = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
        if locked.state != ReplyState.APPROVAL:
            raise NotWaiting("It is decided already. Reload to see what became of it.")
        on_its_way(locked)
        locked.save(update_fields=["state", "hold_until", "next_attempt_at"])
        locked.refresh_from_db(fields=["hold_until", "next_attempt_at"])
        told(locked, by=by)
    return locked


def told(reply: Reply, *, by: User) -> None:
    """Write into the journal that an answer is on its way, or when it will be."""
    happened = ReplyScheduled if reply.state == ReplyState.SCHEDULED else ReplyQueued
    record(happened(reply=reply.pk, by=by.pk, **place_of(reply.conversation)))
