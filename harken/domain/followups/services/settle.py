"""What ends a follow-up by itself: we wrote again, or its answer never left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.conversations.models import Direction, Message
from harken.domain.followups.events import FollowUpDropped, FollowUpKept
from harken.domain.followups.models import STILL_OPEN, FollowUp
from harken.domain.journal.services import record
from harken.domain.replies.services.permission import place_of


def keep(conversations: Sequence[int]) -> int:
    """End what is open in these conversations (ids) and after which we wrote; how many that were.

    The answer that promised does not count, and neither does one written before it.
    """
    waiting = FollowUp.objects.filter(STILL_OPEN, conversation__in=list(conversations))
    ended = 0
    for each in waiting.select_for_update(of=("self",)).select_related("conversation", "reply"):
        kept_at = _wrote_again(each)
        if kept_at is not None:
            _keep(each, kept_at)
            ended += 1
    return ended


def _wrote_again(followup: FollowUp) -> datetime | None:
    ours = Message.objects.filter(
        conversation=followup.conversation_id, direction=Direction.OUTBOUND, deleted_at=None
    )
    later = Q(sent_at__gt=followup.made_at)
    if followup.reply_id is not None:  # the one that promised arrives after it was confirmed
        later = Q(reply__pk__gt=followup.reply_id) | later & Q(author=None)
    first = ours.filter(later).order_by("sent_at").values_list("sent_at", flat=True)
    return first.first()


def _keep(followup: FollowUp, kept_at: datetime) -> None:
    late = kept_at > followup.due_at
    followup.kept_at, followup.next_at = kept_at, None
    # Sent in time and heard of later: it was never broken.
    followup.broken_at = followup.due_at if late else None
    followup.save(update_fields=["kept_at", "next_at", "broken_at"])
    record(
        FollowUpKept(
            followup=followup.pk,
            person=followup.promised_by_id,
            late=late,
            **place_of(followup.conversation),
        )
    )


def drop_with(reply: int) -> None:
    """A reply (id) does not leave: what it promises was never said."""
    waiting = FollowUp.objects.filter(STILL_OPEN, reply=reply).select_related("conversation")
    for each in waiting:
        FollowUp.objects.filter(pk=each.pk).update(dropped_at=Now(), next_at=None)
        record(FollowUpDropped(followup=each.pk, **place_of(each.conversation)))
