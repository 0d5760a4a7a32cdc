"""Closing a conversation, and opening it again."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from harken.domain.conversations.events import ConversationClosed, ConversationReopened
from harken.domain.conversations.models import CloseReason, Conversation, Direction, State
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.conversations.services.waiting import recompute
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid, Refusal


class ReasonNeeded(Refusal):
    """A customer still waits for an answer, so closing needs a reason."""

    status = 422


def close(conversation: Conversation, *, reason: str, by: User) -> Conversation:
    """Close it. `reason` is one of `CloseReason`, needed only when somebody waits.

    A customer message after this opens the conversation again and starts a new turn.
    Raises `ReasonNeeded`, `Invalid` for an unknown reason, `NotAllowed`.
    """
    may_change(by)
    if reason and reason not in CloseReason.values:
        raise Invalid(f"“{reason}” is not a reason to close; choose one of the list.")
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        if locked.state == State.CLOSED:
            return locked
        waits = locked.waiting_since is not None
        if waits and not reason:
            raise ReasonNeeded("This customer has no answer yet. Choose why none is needed.")
        locked.state = State.CLOSED
        locked.closed_at, locked.closed_by = clock.now(), by
        locked.close_reason = reason if waits else ""
        newest = locked.messages.aggregate(newest=Max("id"))["newest"]
        locked.settled_id = max(locked.settled_id, newest or 0)
        locked.save(update_fields=["state", "closed_at", "closed_by", "close_reason", "settled_id"])
        recompute([locked.pk])
        record(
            ConversationClosed(
                conversation=locked.pk,
                channel=locked.channel_id,
                by=by.pk,
                teams=teams_of(locked),
                reason=locked.close_reason,
                up_to=newest or 0,
            )
        )
        locked.refresh_from_db()
        return locked


def reopen(conversation: Conversation, *, by: User) -> Conversation:
    """Put a closed conversation back on the desk; what was not answered waits again."""
    may_change(by)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        if locked.state == State.CLOSED:
            locked.state, locked.closed_at, locked.closed_by = State.OPEN, None, None
            locked.close_reason = ""
            answered = locked.messages.filter(direction=Direction.OUTBOUND)
            locked.settled_id = answered.aggregate(newest=Max("id"))["newest"] or 0
            locked.save(
                update_fields=["state", "closed_at", "closed_by", "close_reason", "settled_id"]
            )
            recompute([locked.pk])
            record(
                ConversationReopened(
                    conversation=locked.pk,
                    channel=locked.channel_id,
                    by=by.pk,
                    teams=teams_of(locked),
                )
            )
            locked.refresh_from_db()
        return locked
