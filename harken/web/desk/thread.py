"""A conversation's thread as the page shows it: messages, replies on their way, events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.urls import reverse

from harken.domain.conversations.models import (
    CloseReason,
    ContextPost,
    Conversation,
    Direction,
    Message,
    Topic,
)
from harken.domain.conversations.queries import ThreadItem, thread
from harken.domain.journal.models import Event
from harken.domain.notifications.queries import names_in_notes
from harken.domain.people.models import Team, User
from harken.domain.replies.models import ActionKind, NetworkAction, Reply, ReplyState
from harken.domain.replies.queries import actions_of, replies_of

#: How the theme calls what a reply is doing.
LOOK = {
    ReplyState.HELD: "held",
    ReplyState.QUEUED: "sending",
    ReplyState.SENDING: "sending",
    ReplyState.CHECKING: "uncertain",
    ReplyState.SENT: "delivered",
    ReplyState.REFUSED: "failed",
    ReplyState.NEEDS_HUMAN: "uncertain",
    ReplyState.RETRACTED: "retracted",
}
TOLD_BY_THE_MESSAGE = {"MessageEdited", "MessageDeleted"}
#: Events whose `before` is a person.
BEFORE_A_PERSON = {
    "ConversationAssigned",
    "WritingTakenOver",
    "ResponsibilityMoved",
    "OwnerMissing",
}
AS_WHAT = {"owner": " as the topic's owner", "deputy": " as deputy", "lead": " as lead on duty"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the thread. `kind`: above, inbound, ours, note, events.

    `of` is the object; `reply` what we know of sending it; `like` and `retract` are what was
    asked of the network about it; `lines` are the sentences of folded events; `names` are the
    colleagues a note names, as written. `url` is an
    address on the web or empty, whatever a stranger put there; `images` are fetched by us.
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

    @property
    def url(self) -> str:
        """Where the post stands at the network."""
        return on_the_web(getattr(self.of, "url", ""))


def entries(conversation: Conversation) -> list[Entry]:
    """Everything to read, oldest first; neighbouring events are one folded entry."""
    turns = replies_of(conversation).select_related("turn")
    replies = list(turns.defer("turn__raw", "turn__words", "message__raw", "message__words"))
    by_message = {reply.message_id: reply for reply in replies if reply.message_id}
    asked = {(action.kind, action.message_id): action for action in actions_of(conversation)}
    items = thread(conversation)
    tell = _Teller(item.of for item in items if item.kind == "event")
    shown: list[Entry] = []
    for kind, group in groupby(items, key=lambda item: item.kind):
        if kind == "event":
            shown += _folded(list(group), tell)
        else:
            shown += [_entry(conversation, item, by_message, asked) for item in group]
    unsent = [reply for reply in replies if reply.message_id is None]
    shown += [_unsent(reply) for reply in unsent if reply.state != ReplyState.UNDONE]
    named = names_in_notes(conversation)
    return [
        replace(each, names=tuple(named[each.of.pk]))
        if each.kind == "note" and each.of.pk in named
        else each
        for each in shown
    ]


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
        return Entry("above", f"above-{of.pk}", item.at, of, images=_pictures("above", of, within))
    images = _pictures("message", of, within)
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


def _pictures(kind: str, of: Message | ContextPost, within: int) -> tuple[dict[str, Any], ...]:
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


def _took(reply: Reply | None, at: datetime) -> int | None:
    """Seconds from the customer's message that opened the turn to our answer at the network."""
    if reply is None:
        return None
    seconds = int((at - reply.turn.sent_at).total_seconds())
    return seconds if seconds >= 0 else None


def _folded(items: list[ThreadItem], tell: _Teller) -> list[Entry]:
    told = [item for item in items if item.of.kind not in TOLD_BY_THE_MESSAGE]
    lines = tuple((item.at, tell.sentence(item.of)) for item in told)
    if not lines:
        return []
    return [Entry("events", f"event-{told[0].of.pk}", lines[0][0], None, lines=lines)]


class _Teller:
    """Turns events into sentences; looks all names up at once."""

    def __init__(self, events: Iterable[Event]) -> None:
        known = list(events)
        ids = {event.actor_id for event in known}
        ids |= {event.data.get(key) for event in known for key in ("assignee", "owner", "user")}
        ids |= {event.data.get("before") for event in known if event.kind in BEFORE_A_PERSON}
        ids |= {one for event in known for one in event.data.get("people", ())}
        people = User.objects.filter(pk__in=[pk for pk in ids if pk is not None])
        self.people = {user.pk: str(user) for user in people}
        moves = [event.data for event in known if event.kind == "TeamChanged"]
        teams = {data.get(key) for data in moves for key in ("team", "before")} - {None}
        self.teams = dict(Team.objects.filter(pk__in=teams).values_list("pk", "name"))
        topics = {event.data.get("topic") for event in known} - {None}
        self.topics = dict(Topic.objects.filter(pk__in=topics).values_list("pk", "name"))

    def sentence(self, event: Event) -> str:
        """What happened, in a few words."""
        who = self.people.get(event.actor_id or 0, "Harken")
        data = event.data
        match event.kind:
            case "ConversationAssigned":
                return self._assigned(who, event)
            case "TeamChanged":
                return self._handed(who, data)
            case "TopicChanged":
                return f"{who} set the topic to {self.topics.get(data.get('topic'), 'none')}"
            case "ConversationClosed":
                reason = data.get("reason", "")
                why = f": {CloseReason(reason).label.lower()}" if reason else ""
                return f"{who} closed it{why}"
            case "ConversationReopened":
                return f"{who} opened it again"
            case "WritingTakenOver":
                return f"{who} took over writing from {self.people.get(data['before'], 'somebody')}"
            case "OnCallTold":
                told = (self.people.get(one, "a colleague") for one in data["people"])
                return f"Nobody was on duty; Harken told {' and '.join(told)}"
            case "ResponsibilityMoved":
                return self._moved(data)
            case "OwnerMissing":
                return f"Nobody who is there answers for it{self._instead(data)}"
            case "OwnerBack":
                return f"{self._person(data.get('user'))} is back and answers for it"
        return event.kind

    def _person(self, pk: int | None) -> str:
        return self.people.get(pk or 0, "a colleague")

    def _assigned(self, who: str, event: Event) -> str:
        assignee, before = event.data.get("assignee"), event.data.get("before")
        had = f" from {self._person(before)}" if before and before != event.actor_id else ""
        match event.data.get("cause"):
            case "away":
                return f"It went{had} to {self._person(assignee)}"
            case "shift" | "absence":
                to = self._person(assignee) if assignee else "the team"
                return f"It went{had} on to {to}"
            case "left":
                return f"{self._person(before)} left the team, so nobody has it"
        if assignee is None:
            return f"{who} took it{had} and gave it back" if had else f"{who} gave it back"
        if assignee == event.actor_id:
            return f"{who} took it{had}"
        return f"{who} gave it{had} to {self._person(assignee)}"

    def _handed(self, who: str, data: dict[str, Any]) -> str:
        before, team = data.get("before") or 0, data.get("team") or 0
        had = f" from {self.teams.get(before, 'a team')}" if before else ""
        owner = f", where {self._person(data['owner'])} answers" if data.get("owner") else ""
        return f"{who} handed it{had} to {self.teams.get(team, 'no team')}{owner}"

    def _moved(self, data: dict[str, Any]) -> str:
        part = AS_WHAT.get(data.get("part", ""), "")
        return f"{self._person(data.get('user'))} answers for it now{part}{self._instead(data)}"

    def _instead(self, data: dict[str, Any]) -> str:
        before = data.get("before")
        return f": {self._person(before)} is away" if before else ""
