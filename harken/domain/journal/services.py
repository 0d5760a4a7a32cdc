"""Recording an event: one row in the running transaction, reactions, and a hint to listeners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeVar

from django.db import connection, transaction

from harken.domain.journal.models import Event

NOTIFY_CHANNEL = "harken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """The base of every event class; fields are what the event says beyond its subject.

    `conversation`, `channel` and `teams` place the event, `by` is the id of the person who
    caused it (None: the network or the clock). An event with a field `only_for` (a person's id)
    reaches that person's browsers and no others.
    """

    PLACE: ClassVar[tuple[str, ...]] = ("conversation", "channel", "by", "teams")

    conversation: int | None = None
    channel: int | None = None
    by: int | None = None
    teams: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        """The event's name in the journal: the class name, a past participle."""
        return type(self).__name__

    @property
    def details(self) -> dict[str, Any]:
        """Everything the event says that is not its place."""
        return {k: v for k, v in asdict(self).items() if k not in self.PLACE}


E = TypeVar("E", bound=Happened)
SetReaction = Callable[[Sequence[int]], None]
# The chain of rules that leads to what is recorded just now, the oldest first.
_rules: ContextVar[tuple[int, ...]] = ContextVar("rules", default=())
_reactions: dict[type[Happened], list[Callable[[Any], None]]] = defaultdict(list)
_set_reactions: dict[type[Happened], list[SetReaction]] = defaultdict(list)


def react(event: type[E], reaction: Callable[[E], None]) -> None:
    """Run `reaction(event)` inside the transaction that records such an event."""
    if reaction not in _reactions[event]:
        _reactions[event].append(reaction)


def react_to_many(event: type[Happened], reaction: SetReaction) -> None:
    """Run `reaction(ids of conversations)` inside the transaction of such events.

    For what comes in crowds: one call for all conversations that a set-based statement touched.
    An event that is recorded alone makes a call with its one conversation.
    """
    if reaction not in _set_reactions[event]:
        _set_reactions[event].append(reaction)


def tell_many(event: type[Happened], conversations: Iterable[int]) -> None:
    """Run the set reactions to events whose rows a statement of the caller has written itself."""
    ids = sorted(set(conversations))
    for reaction in _set_reactions[event] if ids else ():
        reaction(ids)


@contextmanager
def because_of(rules: Sequence[int]) -> Iterator[None]:
    """Whatever is recorded inside says in its data (`rules`) that these rules (ids) led to it."""
    before = _rules.set(tuple(rules))
    try:
        yield
    finally:
        _rules.reset(before)


def record(event: Happened) -> Event:
    """Write the event in the open transaction, run its reactions, hint the listeners.

    Raises `TransactionManagementError` outside a transaction: an event without its change is a lie.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("record() needs an open transaction")
    row = _row(event)
    row.save(force_insert=True)
    hint()
    for reaction in _reactions[type(event)]:
        reaction(event)
    tell_many(type(event), [] if event.conversation is None else [event.conversation])
    return row


def record_all(events: Iterable[Happened]) -> None:
    """`record` each of several events; their rows are one statement."""
    happened = list(events)
    if not happened:
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("record_all() needs an open transaction")
    Event.objects.bulk_create(_row(event) for event in happened)
    hint()
    for event in happened:
        for reaction in _reactions[type(event)]:
            reaction(event)
    for kind in dict.fromkeys(type(event) for event in happened):
        told = (event.conversation for event in happened if type(event) is kind)
        tell_many(kind, [conversation for conversation in told if conversation is not None])


def _row(event: Happened) -> Event:
    return Event(
        kind=event.kind,
        actor_id=event.by,
        conversation_id=event.conversation,
        channel_id=event.channel,
        teams=list(event.teams),
        data=_with_rules(event.details),
    )


def _with_rules(details: dict[str, Any]) -> dict[str, Any]:
    rules = _rules.get()
    return details | {"rules": list(rules)} if rules else details


def hint() -> None:
    """Tell listeners that the journal grew; they look for themselves (a poll is the truth)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [NOTIFY_CHANNEL])
