"""Reading what reports are made of. Rights come with the conversations that are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from harken.domain.conversations.models import CloseReason, Conversation, Direction, Message, State
from harken.domain.conversations.queries import visible_to
from harken.domain.insights.turns import Act, Said, Turn, turns_of
from harken.domain.journal.models import Event
from harken.domain.people.models import User
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.sla.models import AppliedSLA, Metric

STANDS = [ReplyState.SENT.value, ReplyState.RETRACTED.value]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation belongs now; ids, None for none."""

    team: int | None
    channel: int
    topic: int | None
    assignee: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """What was promised for a turn. `hours` is the id of a `HoursVersion`; None: every second."""

    state: str
    hours: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """The turns that began in a stretch of time, where each belongs and what was promised."""

    turns: list[Turn]
    places: dict[int, Place]  # by conversation
    clocks: dict[tuple[int, int], Clock]  # by conversation and opening message


def facts(asked: QuerySet[Conversation], start: datetime, end: datetime) -> Facts:
    """What happened in these conversations between two aware moments, the second excluded."""
    # Two conditions for the two partial indexes that know when a conversation was last heard.
    lately = Q(last_message_at__gte=start)
    touched = asked.filter(opened_at__lt=end).filter(
        Q(lately, state=State.OPEN) | Q(lately, state=State.CLOSED)
    )
    rows = touched.values_list("pk", "team_id", "channel_id", "topic_id", "assignee_id")
    places = {row[0]: Place(*row[1:]) for row in rows}
    ids = list(places)
    said, acts = _messages(ids)
    told = list(_closings_told(ids))
    acts += [*_unseen_replies(ids), *told, *_closings_untold(ids, told)]
    turns = [turn for turn in turns_of(said, acts) if start <= turn.started_at < end]
    return Facts(turns, places, _clocks(ids))


def _messages(ids: Sequence[int]) -> tuple[list[Said], list[Act]]:
    """What customers said, and our messages as acts."""
    said: list[Said] = []
    acts: list[Act] = []
    up_to = dict(
        Reply.objects.filter(conversation__in=ids, message__isnull=False).values_list(
            "message_id", "answers_id"
        )
    )
    rows = Message.objects.filter(conversation__in=ids).values_list(
        "conversation_id", "id", "sent_at", "received_at", "deleted_at", "direction", "author_id"
    )
    for row in rows.iterator(chunk_size=5000):
        conversation, number, sent_at, _, _, direction, author = row
        if direction == Direction.INBOUND:
            said.append(Said(*row[:5]))
        else:
            acts.append(Act(conversation, sent_at, up_to.get(number), author))
    return said, acts


def _unseen_replies(ids: Sequence[int]) -> Iterator[Act]:
    """Answers that a person found at the network, whose post we never read."""
    replies = Reply.objects.filter(conversation__in=ids, message=None, state__in=STANDS)
    rows = replies.values_list("conversation_id", "settled_at", "answers_id", "author_id")
    for conversation, at, up_to, by in rows:
        if at is not None:
            yield Act(conversation, at, up_to, by)


def _closings_untold(ids: Sequence[int], told: Sequence[Act]) -> Iterator[Act]:
    """Closings that stand and were stored without an event, as imports are.

    One without a reason settles nothing that is not answered, unless it was imported.
    """
    known = {(act.conversation, act.up_to) for act in told}
    closed = Conversation.objects.filter(pk__in=ids, state=State.CLOSED)
    rows = closed.values_list("pk", "closed_at", "settled_id", "closed_by", "close_reason")
    for conversation, at, up_to, by, reason in rows:
        if at is not None and (conversation, up_to) not in known:
            yield Act(conversation, at, up_to, by, reason or CloseReason.OTHER)


def _closings_told(ids: Sequence[int]) -> Iterator[Act]:
    """Closings with a reason, from the journal; a reopening by hand undoes those before it."""
    events = Event.objects.filter(conversation_id__in=ids)
    reopened = dict(
        events.filter(kind="ConversationReopened")
        .values_list("conversation_id")
        .annotate(Max("id"))
        .order_by()
    )
    rows = events.filter(kind="ConversationClosed").values_list(
        "id", "conversation_id", "at", "data", "actor_id"
    )
    for number, conversation, at, data, by in rows:
        if conversation and data["reason"] and number > reopened.get(conversation, 0):
            yield Act(conversation, at, data.get("up_to"), by, data["reason"])


def _clocks(ids: Sequence[int]) -> dict[tuple[int, int], Clock]:
    rows = AppliedSLA.objects.filter(conversation__in=ids).exclude(metric=Metric.RESOLUTION)
    return {
        (conversation, turn): Clock(state, hours)
        for conversation, turn, state, hours in rows.values_list(
            "conversation_id", "turn_id", "state", "hours_id"
        )
    }


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which part of the house a report is about; ids, None for all of it."""

    team: int | None = None
    channel: int | None = None
    topic: int | None = None
    agent: int | None = None


def asked_for(user: User, narrowed: Narrowed) -> QuerySet[Conversation]:
    """The conversations that `user` may know about, narrowed by team, channel and topic."""
    chosen = {
        "team": narrowed.team,
        "channel": narrowed.channel,
        "topic": narrowed.topic,
    }
    wanted = {name: value for name, value in chosen.items() if value is not None}
    return visible_to(user).filter(**wanted)


def shown_turns(user: User, messages: Sequence[int]) -> dict[int, Message]:
    """The messages that opened turns, by id, with their conversations; those `user` may see."""
    seen = Message.objects.filter(pk__in=messages, conversation__in=visible_to(user))
    found = seen.select_related(
        "conversation__handle", "conversation__contact", "conversation__team", "conversation__topic"
    )
    return {message.pk: message for message in found.defer("raw", "words")}
