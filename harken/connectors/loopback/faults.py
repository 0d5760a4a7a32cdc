"""The loopback network's fault switches: what goes wrong at will, by a seeded die.

Only the account's side (what a connector calls) suffers faults; customers' calls and the switches
themselves do not, except that an outage closes every connection but the switches'.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from harken.connectors.loopback.wire import Event, EventPage

Chance = Annotated[float, msgspec.Meta(ge=0, le=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]


class Fault(StrEnum):
    """What happens to one request."""

    NONE = "none"
    LOST_RESPONSE = "lost_response"  # applied, the answer never comes
    ERROR = "error"  # 500, not applied
    LATE = "late"  # no answer or 500 now, applied some seconds later
    RATE_LIMIT = "rate_limit"  # 429 with Retry-After, not applied
    OUTAGE = "outage"  # the connection is closed, not applied


class Switches(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Chances between 0 and 1 for each request, and times in seconds.

    `error` and `rate_limit` also strike reads. `duplicate`: chance that an event is told twice,
    again in a later page or ahead of its turn; `shuffle`: chance that a page comes out of order.
    """

    lost_response: Chance = 0.0
    error: Chance = 0.0
    late: Chance = 0.0
    late_seconds: Seconds = 3.0
    rate_limit: Chance = 0.0
    retry_after: Seconds = 1.0
    outage: bool = False
    duplicate: Chance = 0.0
    shuffle: Chance = 0.0


class Faults:
    """The switches as they stand, the die, and how often each fault struck (`seen`)."""

    def __init__(self, seed: int = 1) -> None:
        self.seen: Counter[str] = Counter()
        self._switches = Switches()
        self._random = random.Random(seed)  # noqa: S311 - a die for tests, not a secret
        self._lock = threading.Lock()
        self._told: list[Event] = []

    @property
    def switches(self) -> Switches:
        """The switches as they stand."""
        return self._switches

    def set(self, **changes: Any) -> None:
        """Change switches by name, the others stay. Raises `msgspec.ValidationError`."""
        self.turn(changes)

    def turn(self, changes: Mapping[str, Any]) -> None:
        """Change switches from plain data; `seed` sets the die anew."""
        values = dict(changes)
        with self._lock:
            if "seed" in values:
                self._random.seed(values.pop("seed"))
            self._switches = msgspec.convert(
                msgspec.structs.asdict(self._switches) | values, Switches
            )

    def clear(self) -> None:
        """All switches off."""
        with self._lock:
            self._switches = Switches()

    def strike(self, *, write: bool) -> Fault:
        """Throw the die for one request of an account."""
        with self._lock:
            fault = self._throw(write)
            if fault is not Fault.NONE:
                self.seen[fault] += 1
            return fault

    def coin(self) -> bool:
        """An even chance."""
        with self._lock:
            return self._random.random() < 0.5

    def disturb(self, page: EventPage, ahead: EventPage) -> EventPage:
        """The page with events told twice, told before their turn (from `ahead`), shuffled."""
        switches = self._switches
        if not switches.duplicate and not switches.shuffle:
            return page
        with self._lock:
            events = list(page.events)
            again = [*events, *self._told, *ahead.events[:20]]
            doubled = [event for event in again if self._random.random() < switches.duplicate]
            events += doubled
            self.seen["duplicate"] += len(doubled)
            if self._random.random() < switches.shuffle:
                self._random.shuffle(events)
                self.seen["shuffle"] += 1
            self._told = list(page.events[-50:]) or self._told
        return EventPage(tuple(events), page.cursor, page.more)

    def _throw(self, write: bool) -> Fault:
        switches = self._switches
        if switches.outage:
            return Fault.OUTAGE
        chances = [(Fault.RATE_LIMIT, switches.rate_limit), (Fault.ERROR, switches.error)]
        if write:
            chances += [(Fault.LOST_RESPONSE, switches.lost_response), (Fault.LATE, switches.late)]
        throw = self._random.random()
        for fault, chance in chances:
            if throw < chance:
                return fault
            throw -= chance
        return Fault.NONE
