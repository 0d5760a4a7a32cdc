"""What an agent sees on the screen: who waits, as the stream tells it and the list shows it."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Any

from harken.config.simulate.plan import Time

OVER = {"ReplyQueued", "ConversationClosed", "MessageDeleted"}


class Screen:
    """Who waits since when, and whether somebody has them. Of the person with the id `reader`."""

    def __init__(self, time: Time, reader: int) -> None:
        self.changed = threading.Event()
        self._time, self._reader = time, reader
        self._waiting: dict[int, float] = {}
        self._given: set[int] = set()
        self._lock = threading.Lock()

    def hear(self, told: dict[str, Any]) -> None:
        """One event of the stream."""
        conversation, kind = told.get("conversation"), told["kind"]
        if not isinstance(conversation, int):
            return
        with self._lock:
            if kind == "MessageReceived":
                self._waiting.setdefault(conversation, self._time.now)
            elif kind == "ConversationAssigned":
                (self._given.add if "assignee" in told else self._given.discard)(conversation)
            elif kind in OVER and told.get("by") != self._reader:
                # One's own answer says nothing of what the customer added while one wrote it.
                self._waiting.pop(conversation, None)
        if kind == "MessageReceived":
            self.changed.set()

    def anybody_free(self) -> bool:
        """Whether somebody waits whom nobody has."""
        with self._lock:
            return bool(self._waiting.keys() - self._given)

    def of_mine(self, mine: set[int]) -> int | None:
        """The one of mine that waits longest."""
        with self._lock:
            waiting = [(since, c) for c, since in self._waiting.items() if c in mine]
        return min(waiting)[1] if waiting else None

    def held(self) -> list[tuple[int, float]]:
        """Whoever waits although somebody has them, and for how long; longest first."""
        now = self._time.now
        with self._lock:
            found = [(now - at, c) for c, at in self._waiting.items() if c in self._given]
        return [(conversation, waited) for waited, conversation in sorted(found, reverse=True)]

    def show(self, hottest: Collection[int], *, is_all: bool) -> None:
        """The list, just read: who waits, the hottest first; `is_all`: and nobody else."""
        with self._lock:
            for conversation in hottest:
                self._waiting.setdefault(conversation, self._time.now)
            if is_all:
                for conversation in self._waiting.keys() - set(hottest):
                    del self._waiting[conversation]

    def looked_at(self, conversation: int, since: float) -> None:
        """The person opened it at `since`: what waited then is in front of them."""
        with self._lock:
            if self._waiting.get(conversation, since) < since:
                del self._waiting[conversation]
