"""Bringing a conversation back to the top of the lists, because something of ours is due in it."""

from __future__ import annotations

from harken.domain.conversations.events import ConversationReopened
from harken.domain.conversations.models import Conversation, State
from harken.domain.conversations.models_set_aside import Waker
from harken.domain.conversations.queries_case import leading
from harken.domain.conversations.services.permission import teams_of
from harken.domain.conversations.services.snooze import end_snoozes
from harken.domain.journal.services import record
from harken.kit import clock


def bring_back(conversation: Conversation) -> None:
    """Wake it, open it again if it was closed, and let it stand where a new message would.

    Nobody begins to wait by it: what was settled stays so. Of a merged one its case comes back.
    Needs an open transaction that holds the conversation's row.
    """
    shown = leading(conversation)
    end_snoozes([shown.pk], Waker.DUE)
    back: dict[str, object] = {"woken_at": clock.now()}
    if shown.state == State.CLOSED:
        back |= {"state": State.OPEN, "closed_at": None, "closed_by": None, "close_reason": ""}
    Conversation.objects.filter(pk=shown.pk).update(**back)
    if shown.state == State.CLOSED:
        record(
            ConversationReopened(
                conversation=shown.pk, channel=shown.channel_id, teams=teams_of(shown)
            )
        )
