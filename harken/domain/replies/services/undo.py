"""Taking an answer back before it leaves: no network call happens after a confirmed undo."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.journal.services import record
from harken.domain.knowledge.services.uses import note_taken_back
from harken.domain.people.models import User
from harken.domain.replies.events import ReplyUndone
from harken.domain.replies.models import WAITING, Reply, ReplyState
from harken.domain.replies.services.draft import give_back
from harken.domain.replies.services.permission import may_withdraw, place_of
from harken.kit.refusals import Refusal


class TooLate(Refusal):
    """The countdown is over; the answer is leaving or has left."""


def undo(reply: Reply, *, by: User) -> Reply:
    """Take a reply back before it leaves; its text is its author's draft again.

    That is before and during the countdown, and also later while it only waits for its channel:
    a queued reply has certainly not been applied. Undone already is success.
    Raises `NotAllowed` for anybody but its author, leads and managers, and `TooLate`.
    """
    may_withdraw(reply.author_id, by)
    with transaction.atomic():
        # One guarded statement: a worker claims by the same columns of the same row, so exactly
        # one of the two finds it held.
        counting = Q(state=ReplyState.HELD, hold_until__gt=Now())
        waiting = Q(state__in=[*WAITING, ReplyState.QUEUED])
        undone = Reply.objects.filter(counting | waiting, pk=reply.pk).update(
            state=ReplyState.UNDONE, settled_at=Now()
        )
        fresh = Reply.objects.select_related("conversation", "author").get(pk=reply.pk)
        if undone:
            give_back(fresh.conversation, fresh.body, to=fresh.author, was=fresh)
            note_taken_back(fresh.client_key)
            record(ReplyUndone(reply=fresh.pk, by=by.pk, **place_of(fresh.conversation)))
        elif fresh.state != ReplyState.UNDONE:
            raise TooLate("Too late to take it back: the answer is on its way or delivered.")
    return fresh


def take_back(reply: Reply, *, why: str) -> None:
    """Stop a reply that has not left: it must not any more (`why`). Its author keeps the text.

    Runs in the transaction of the event that caused it, or of the look that found it stale.
    """
    not_applied = [*WAITING, ReplyState.HELD, ReplyState.QUEUED]
    stopped = Reply.objects.filter(pk=reply.pk, state__in=not_applied).update(
        state=ReplyState.UNDONE, settled_at=Now(), error=why
    )
    if stopped:
        give_back(reply.conversation, reply.body, to=reply.author, was=reply, by_itself=True)
        note_taken_back(reply.client_key)
        record(ReplyUndone(reply=reply.pk, **place_of(reply.conversation)))
