"""Giving an answer that waits for its moment another one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.events import ReplyScheduled
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.services.permission import may_withdraw, place_of
from harken.domain.replies.services.undo import TooLate
from harken.kit import clock
from harken.kit.refusals import Invalid

LONGEST = timedelta(days=366)


def check_moment(go_at: datetime) -> datetime:
    """The moment itself. Raises `Invalid` for one that is over or more than a year away."""
    now = clock.now()
    if go_at <= now:
        raise Invalid("That moment is over. Choose a later one, such as tomorrow 9:00.")
    if go_at > now + LONGEST:
        raise Invalid("A year is the longest. Choose an earlier day.")
    return go_at


def reschedule(reply: Reply, go_at: datetime, *, by: User) -> Reply:
    """Let a scheduled reply leave at another moment (aware), and return it.

    What happened since its writer read counts from then on as before.
    Raises `NotAllowed` for anybody but its author, leads and managers, `Invalid`, and `TooLate`.
    """
    may_withdraw(reply.author_id, by)
    check_moment(go_at)
    with transaction.atomic():
        # Guarded as undo is: a worker that has claimed it has changed the state of this row.
        waiting = Reply.objects.filter(pk=reply.pk, state=ReplyState.SCHEDULED)
        moved = waiting.update(go_at=go_at, hold_until=go_at, next_attempt_at=go_at)
        fresh = Reply.objects.select_related("conversation", "author").get(pk=reply.pk)
        if not moved:
            raise TooLate("Too late to move it: the answer does not wait for its moment any more.")
        record(ReplyScheduled(reply=fresh.pk, by=by.pk, **place_of(fresh.conversation)))
    return fresh
