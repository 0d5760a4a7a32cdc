"""A conversation's thread as the page shows it: messages, replies on their way, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.urls import reverse

from harken.domain.channels.registry import connector_classes
from harken.domain.conversations.models import (
    ContextPost,
    Conversation,
    Direction,
    Message,
)
from harken.domain.conversations.queries import ThreadItem, thread
from harken.domain.replies.models import ActionKind, NetworkAction, Reply, ReplyState
from harken.domain.replies.models_retraction import Retraction
from harken.domain.replies.queries import replies_of
from harken.domain.replies.queries_retractions import actions_of
from harken.kit.connector import Capabilities
from harken.web.desk.rows import NetworkBadge, badge
from harken.web.desk.telling import Teller

#: How the theme calls what a reply is doing.
LOOK = {
    ReplyState.APPROVAL: "approval",
    ReplyState.SCHEDULED: "scheduled",
    ReplyState.HELD: "held",
    ReplyState.QUEUED: "sending",
    ReplyState.SENDING: "sending",
    ReplyState.CHECKING: "uncertain",
    ReplyState.SENT: "delivered",
    ReplyState.REFUSED: "failed",
    ReplyState.NEEDS_HUMAN: "uncertain",
    ReplyState.RETRACTED: "retracted",
}
Names = Mapping[int, Sequence[str]]
TOLD_BY_THE_MESSAGE = {"MessageEdited", "MessageDeleted"}


@dataclass(frozen=True, slots=True)
class Thread:
    """One public tree of a case: its number there, who speaks in it and at which network."""

    number: int
    conversation: Conversation
    name: str
    network: NetworkBadge
    can: Capabilities | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the thread. `kind`: above, inbound, ours, note, events.

    `of` is the object; `reply` what we know of sending it; `like` and `retract` are what was
    asked of the network about it; `lines` are the sentences of folded events; `names` are the
    colleagues a note names, as written. `url` is an
    address on the web or empty, whatever a stranger put there; `images` are fetched by us.
    `place` is where it was said, in a case of several threads. `instead` is the id of the entry
    that puts a retracted one right, `corrects` that of what it puts right.
    """

    kind: str
    id: str
    at: datetime
    of: Any
    reply: Reply | None = None
    look: str = ""
    seconds: int | None = None
    like: NetworkAction | None = None
    retract: NetworkAction | None = None
    lines: tuple[tuple[datetime, str], ...] = ()
    images: tuple[dict[str, Any], ...] = ()
    names: tuple[str, ...] = ()
    place: Thread | None = None
    instead: str = ""
    corrects: str = ""

    @property
    def url(self) -> str:
        """Where the post stands at the network."""
        return on_the_web(getattr(self.of, "url", ""))

    @property
    def taken_back(self) -> Retraction | None:
        """Why it was taken back, and what had stood there."""
        return getattr(self.retract, "retraction", None)


def entries(conversation: Conversation, named: Names) -> list[Entry]:
    """Everything to read, oldest first; neighbouring events are one folded entry.

    `named` says whom a note (id) names.
    """
    turns = replies_of(conversation).select_related("turn")
    replies = list(turns.defer("turn__raw", "turn__words", "message__raw", "message__words"))
    by_message = {reply.message_id: reply for reply in replies if reply.message_id}
    asked = {(action.kind, action.message_id): action for action in actions_of(conversation)}
    items = thread(conversation)
    tell = Teller(item.of for item in items if item.kind == "event")
    shown: list[Entry] = []
    for kind, group in groupby(items, key=lambda item: item.kind):
        if kind == "event":
            shown += _folded(list(group), tell)
        else:
            shown += [_entry(conversation, item, by_message, asked) for item in group]
    unsent = [reply for reply in replies if reply.message_id is None]
    shown += [_unsent(reply) for reply in unsent if reply.state != ReplyState.UNDONE]
    shown = _put_right(shown)
    return [
        replace(each, names=tuple(named[each.of.pk]))
        if each.kind == "note" and each.of.pk in named
        else each
        for each in shown
    ]


def threads(case: Sequence[Conversation]) -> list[Thread]:
    """The public trees of a case, in its order."""
    return [
        Thread(
            number,
            each,
            each.contact.name or f"@{each.handle.handle}",
            badge(each.channel.network),
            made.capabilities if (made := connector_classes().get(each.channel.network)) else None,
        )
        for number, each in enumerate(case, start=1)
    ]


def case_entries(case: Sequence[Thread], named: Names) -> list[Entry]:
    """What was said and done in all threads of a case, oldest first; a public post once."""
    if len(case) == 1:
        return entries(case[0].conversation, named)
    found: dict[str, Entry] = {}
    for thread_ in case:
        for each in entries(thread_.conversation, named):
            found.setdefault(each.id, replace(each, place=thread_))
    return sorted(found.values(), key=lambda each: each.at)


def on_the_web(url: str) -> str:
    """`url` when a browser may follow it; anything else (javascript:, data:) becomes empty."""
    return url if url.startswith(("https://", "http://")) else ""


def _entry(
    conversation: Conversation,
    item: ThreadItem,
    by_message: dict[int, Reply],
    asked: dict[tuple[str, int], NetworkAction],
) -> Entry:
    of, within = item.of, conversation.pk
    if item.kind == "note":
        return Entry("note", f"note-{of.pk}", item.at, of)
    if item.kind == "context":
        return Entry("above", f"above-{of.pk}", item.at, of, images=pictures("above", of, within))
    images = pictures("message", of, within)
    if of.direction == Direction.INBOUND:
        like = asked.get((ActionKind.LIKE, of.pk))
        return Entry("inbound", f"message-{of.pk}", item.at, of, like=like, images=images)
    reply = by_message.get(of.pk)
    gone = of.deleted_at is not None
    return Entry(
        "ours",
        f"message-{of.pk}",
        item.at,
        of,
        reply=reply,
        look="retracted" if gone else "delivered",
        seconds=_took(reply, item.at),
        retract=asked.get((ActionKind.RETRACT, of.pk)),
        images=images,
    )


def pictures(kind: str, of: Message | ContextPost, within: int) -> tuple[dict[str, Any], ...]:
    """The pictures of a post as the theme shows them, from our own address."""
    return tuple(
        {
            "url": reverse("desk:picture", args=[within, kind, of.pk, number]),
            "alt": image.get("alt", ""),
            "width": None,
            "height": None,
        }
        for number, image in enumerate(of.images)
        if on_the_web(image.get("url", ""))
    )


def _unsent(reply: Reply) -> Entry:
    look = LOOK[ReplyState(reply.state)]
    return Entry("ours", f"reply-{reply.pk}", reply.written_at, reply, reply=reply, look=look)


def _put_right(shown: list[Entry]) -> list[Entry]:
    """Retracted answers and those that put them right point at each other."""
    by_key = {each.reply.client_key: each.id for each in shown if each.reply}
    instead = {
        each.id: by_key[each.taken_back.correcting_key]
        for each in shown
        if each.taken_back and each.taken_back.correcting_key in by_key
    }
    corrects = {there: here for here, there in instead.items()}
    return [
        replace(each, instead=instead.get(each.id, ""), corrects=corrects.get(each.id, ""))
        if each.id in instead or each.id in corrects
        else each
        for each in shown
    ]


def _took(reply: Reply | None, at: datetime) -> int | None:
    """Seconds from the customer's message that opened the turn to our answer at the network."""
    if reply is None:
        return None
    seconds = int((at - reply.turn.sent_at).total_seconds())
    return seconds if seconds >= 0 else None


def _folded(items: list[ThreadItem], tell: Teller) -> list[Entry]:
    told = [item for item in items if item.of.kind not in TOLD_BY_THE_MESSAGE]
    lines = tuple((item.at, tell.sentence(item.of)) for item in told)
    if not lines:
        return []
    return [Entry("events", f"event-{told[0].of.pk}", lines[0][0], None, lines=lines)]
