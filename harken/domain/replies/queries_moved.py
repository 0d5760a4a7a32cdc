"""What has happened in a conversation since somebody began to write an answer.

A place in it is the id of its newest event that an answer could be stale by. Everything that
writes such an event holds the conversation's row, so within one conversation their ids come in
the order in which they can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from harken.domain.conversations.events import (
    AnsweredInPrivate,
    AnsweredOutside,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
)
from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.journal.models import Event
from harken.domain.lookups import Lookup, greatest
from harken.domain.people.models import User
from harken.domain.replies.events import ReplyQueued
from harken.domain.replies.models import GONE, Reply

WROTE, EDITED, DELETED = MessageReceived.__name__, MessageEdited.__name__, MessageDeleted.__name__
OUTSIDE, ANSWERED = AnsweredOutside.__name__, ReplyQueued.__name__
PRIVATELY = AnsweredInPrivate.__name__
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing that happened meanwhile. `what`: wrote, edited, deleted or answered.

    `of` is the message, or the reply of a colleague that has not left yet.
    """

    what: str
    at: datetime
    of: Message | Reply


def place_in(conversation: Conversation) -> int:
    """Up to where the conversation can be read now; 0 while nothing has happened in it."""
    return place_lookup(conversation).alone() or 0


def place_lookup(conversation: Conversation) -> Lookup[int | None]:
    """The same to be asked with other things; None while nothing has happened."""
    return greatest(_events(conversation), "pk")


def moved_since(conversation: Conversation, place: int, *, but_by: User) -> list[Moved]:
    """What customers and colleagues did after `place`, oldest first.

    A message that came and changed is told once, as it is now. What `but_by` did is left out.
    """
    events = _events(conversation).filter(pk__gt=place).exclude(actor_id=but_by.pk)
    rows = list(events.order_by("-pk").values_list("kind", "at", "data")[:MOST_SHOWN])[::-1]
    messages = _messages([data["message"] for _, _, data in rows if "message" in data])
    replies = _replies([data["reply"] for _, _, data in rows if "reply" in data])
    found: dict[int, Moved] = {}
    for kind, at, data in rows:
        if kind == ANSWERED:
            reply = replies.get(data["reply"])
            if reply is not None:
                found[-reply.pk] = Moved("answered", at, reply)
        elif data["message"] in messages:
            message = messages[data["message"]]
            before = found.get(message.pk)
            what = _what(kind, message) if before is None else _again(before, message)
            found[message.pk] = Moved(what, at, message)
    return list(found.values())


def _events(conversation: Conversation) -> QuerySet[Event]:
    kinds = (WROTE, EDITED, DELETED, OUTSIDE, ANSWERED, PRIVATELY)
    return Event.objects.filter(conversation_id=conversation.pk, kind__in=kinds)


def _messages(ids: list[int]) -> dict[int, Message]:
    return Message.objects.select_related("conversation", "author").in_bulk(ids)


def _replies(ids: list[int]) -> dict[int, Reply]:
    there = Reply.objects.exclude(state__in=GONE).select_related("author")
    return there.in_bulk(ids)


def _what(kind: str, message: Message) -> str:
    if message.deleted_at is not None:
        return "deleted"
    if kind == EDITED:
        return "edited"
    return "wrote" if message.direction == Direction.INBOUND else "answered"


def _again(before: Moved, message: Message) -> str:
    return "deleted" if message.deleted_at is not None else before.what
