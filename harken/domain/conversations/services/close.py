"""Closing a conversation, and opening it again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from harken.domain.conversations.events import ConversationClosed, ConversationReopened
from harken.domain.conversations.models import CloseReason, Conversation, Direction, State
from harken.domain.conversations.models_set_aside import Waker
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.conversations.services.snooze import end_snoozes
from harken.domain.conversations.services.waiting import recompute
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid, Refusal


class ReasonNeeded(Refusal):
    """A customer still waits for an answer, so closing needs a reason."""

    status = 422


def close(conversation: Conversation, *, reason: str, by: User | None) -> Conversation:
    """Close it, and all that is merged into it; `by` None: a rule closes it.

    `reason` is one of `CloseReason`, needed only when somebody waits. Raises `ReasonNeeded`,
    `Invalid`, `NotAllowed`.
    """
    if by is not None:
        may_change(by)
    if reason and reason not in CloseReason.values:
        raise Invalid(f"“{reason}” is not a reason to close; choose one of the list.")
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        still_open = [each for each in _with_members(locked) if each.state == State.OPEN]
        if not reason and any(each.waiting_since is not None for each in still_open):
            raise ReasonNeeded("This customer has no answer yet. Choose why none is needed.")
        now = clock.now()
        for each in still_open:
            _close_one(each, reason, now, by)
        locked.refresh_from_db()
        return locked


def _with_members(leading: Conversation) -> list[Conversation]:
    members = Conversation.objects.filter(merged_into=leading).order_by("pk")
    return [leading, *members.select_for_update(of=("self",))]


def _close_one(locked: Conversation, reason: str, now: datetime, by: User | None) -> None:
    waits = locked.waiting_since is not None
    locked.state = State.CLOSED
    locked.closed_at, locked.closed_by = now, by
    locked.close_reason = reason if waits else ""
    newest = locked.messages.aggregate(newest=Max("id"))["newest"]
    locked.settled_id = max(locked.settled_id, newest or 0)
    locked.save(update_fields=["state", "closed_at", "closed_by", "close_reason", "settled_id"])
    end_snoozes([locked.pk], Waker.CLOSED, by=by, quietly=True)
    recompute([locked.pk])
    record(
        ConversationClosed(
            conversation=locked.pk,
            channel=locked.channel_id,
            by=by.pk if by else None,
            teams=teams_of(locked),
            reason=locked.close_reason,
            up_to=newest or 0,
        )
    )


def reopen(conversation: Conversation, *, by: User) -> Conversation:
    """Put a closed conversation back on the desk, with what was merged into it and closed with it.

    What was not answered waits again.
    """
    may_change(by)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        if locked.state == State.CLOSED:
            together = locked.closed_at
            for each in _with_members(locked):
                if each.state == State.CLOSED and each.closed_at == together:
                    _reopen_one(each, by)
            locked.refresh_from_db()
        return locked


def _reopen_one(locked: Conversation, by: User) -> None:
    locked.state, locked.closed_at, locked.closed_by = State.OPEN, None, None
    locked.close_reason = ""
    answered = locked.messages.filter(direction=Direction.OUTBOUND)
    locked.settled_id = answered.aggregate(newest=Max("id"))["newest"] or 0
    locked.save(update_fields=["state", "closed_at", "closed_by", "close_reason", "settled_id"])
    recompute([locked.pk])
    record(
        ConversationReopened(
            conversation=locked.pk,
            channel=locked.channel_id,
            by=by.pk,
            teams=teams_of(locked),
        )
    )
