"""What was asked of the network: likes, and answers taken back with what stands instead.

Rights come with the conversations.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.people.models import User
from harken.domain.replies.models import GONE, NetworkAction, Reply, ReplyState
from harken.domain.replies.models_retraction import Retraction
from harken.kit.spreadsheet import Cell

COLUMNS = (
    *("id", "asked at", "deleted at", "state", "network's word", "reason", "channel", "team"),
    *("customer", "written by", "sent at", "text", "stood at the network", "url", "taken back by"),
    *("corrected by", "correcting text"),
)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A retraction and the answer that puts it right, if somebody sent one."""

    retraction: Retraction
    correcting: Reply | None

    @property
    def state(self) -> str:
        """deleted, refused, or asked while the network was not heard yet."""
        if self.retraction.deleted_at is not None:
            return "deleted"
        return "refused" if self.retraction.action.state == ReplyState.REFUSED else "asked"


def actions_of(conversation: Conversation) -> QuerySet[NetworkAction]:
    """Likes and retractions asked for in a conversation, with why something was taken back."""
    asked = NetworkAction.objects.filter(message__conversation=conversation)
    return asked.select_related("author", "retraction__by").defer("retraction__raw")


def corrects(conversation: Conversation, key: uuid.UUID) -> Retraction | None:
    """What the draft or reply with this `client_key` is written to correct."""
    found = Retraction.objects.filter(
        correcting_key=key, action__message__conversation=conversation
    )
    return found.select_related("author", "by", "action__message").first()


def retractions(user: User) -> QuerySet[Retraction]:
    """Those this person may know about, the newest first."""
    seen = Retraction.objects.filter(action__message__conversation__in=visible_to(user))
    return (
        seen.select_related(
            "by",
            "author",
            "action__channel",
            "action__message__conversation__contact",
            "action__message__conversation__handle",
            "action__message__conversation__team",
        )
        .defer("raw", "action__message__raw", "action__message__words")
        .order_by("-id")
    )


def asked_between(
    conversations: QuerySet[Conversation], start: datetime, end: datetime
) -> list[TakenBack]:
    """What was taken back in these conversations from `start` to `end` (excluded), oldest first."""
    found = Retraction.objects.filter(
        action__message__conversation__in=conversations, asked_at__gte=start, asked_at__lt=end
    )
    return with_corrections(found.select_related("action").order_by("id"))


def with_corrections(found: Iterable[Retraction]) -> list[TakenBack]:
    """Each with the reply that corrects it, in the order given."""
    found = list(found)
    keys = [each.correcting_key for each in found if each.correcting_key]
    written = Reply.objects.filter(client_key__in=keys).exclude(state__in=GONE)
    replies = {reply.client_key: reply for reply in written.select_related("author")}
    return [TakenBack(each, replies.get(each.correcting_key or uuid.UUID(int=0))) for each in found]


def cells(found: Iterable[Retraction]) -> Iterator[tuple[Cell, ...]]:
    """The rows of a file, the names of the columns first."""
    yield COLUMNS
    for each in with_corrections(found):
        it, action = each.retraction, each.retraction.action
        conversation = action.message.conversation
        yield (
            *(it.pk, it.asked_at, it.deleted_at, each.state, action.error, it.said_reason),
            *(str(action.channel), str(conversation.team or ""), conversation.contact.name),
            *(str(it.author), it.sent_at, it.written, it.stood, it.url, str(it.by)),
            *((str(each.correcting.author), each.correcting.body) if each.correcting else ("", "")),
        )
