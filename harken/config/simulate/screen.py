"""What an agent sees on the screen: who waits, as the stream tells it and the list shows it."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Any

from harken.config.simulate.plan import Time
from harken.kit import clock

OVER = {"ReplyQueued", "ConversationClosed", "MessageDeleted"}
ON_ITS_WAY = 10.0  # seconds of the wall in which the list may still show who was just answered


class Screen:
    """Who waits since when, and whether somebody has them. Of the person with the id `reader`."""

    def __init__(self, time: Time, reader: int) -> None:
        self.changed = threading.Event()
        self._time, self._reader = time, reader
        self._waiting: dict[int, float] = {}
        self._given: set[int] = set()
        self._visited: dict[int, bool] = {}
        self._answered: dict[int, float] = {}
        self._seen: dict[int, int] = {}  # the newest message that was on the screen
        self._lock = threading.Lock()

    def hear(self, told: dict[str, Any]) -> None:
        """One event of the stream, or who is where."""
        if "here" in told:
            return self._see(told["here"], all_of_it=told["full"])
        conversation, kind = told.get("conversation"), told["kind"]
        if not isinstance(conversation, int):
            return None
        with self._lock:
            if kind == "MessageReceived":
                if told.get("message", 0) <= self._seen.get(conversation, -1):
                    return None  # the page was quicker than the stream
                self._waiting.setdefault(conversation, self._time.now)
                self._answered.pop(conversation, None)
            elif kind == "ConversationAssigned":
                (self._given.add if "assignee" in told else self._given.discard)(conversation)
            elif kind in OVER:
                self._answered[conversation] = clock.monotonic()
                # One's own answer says nothing of what the customer added while one wrote it.
                if told.get("by") != self._reader:
                    self._waiting.pop(conversation, None)
        if kind == "MessageReceived":
            self.changed.set()
        return None

    def _see(self, here: dict[str, list[dict[str, Any]]], *, all_of_it: bool) -> None:
        with self._lock:
            if all_of_it:
                self._visited.clear()
            for conversation, people in here.items():
                self._visited[int(conversation)] = any(p["id"] != self._reader for p in people)

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
        """Whoever waits although somebody has them, and for how long; longest first.

        Without those a colleague has open just now.
        """
        now = self._time.now
        with self._lock:
            given = [(at, c) for c, at in self._waiting.items() if c in self._given]
            found = [(now - at, c) for at, c in given if not self._visited.get(c)]
        return [(conversation, waited) for waited, conversation in sorted(found, reverse=True)]

    def show(self, hottest: Collection[int], asked_at: float, *, is_all: bool) -> None:
        """The list, asked for at a moment: who waits, hottest first; `is_all`: and nobody else."""
        with self._lock:
            lately = clock.monotonic() - ON_ITS_WAY
            for conversation in hottest:
                if self._answered.get(conversation, 0.0) < lately:
                    self._waiting.setdefault(conversation, self._time.now)
            if is_all:
                known, gone = self._waiting, self._waiting.keys() - set(hottest)
                self._waiting = {
                    c: at for c, at in known.items() if c not in gone or at >= asked_at
                }

    def answered(self, conversation: int) -> None:
        """The person settled it; the list may not know that yet."""
        with self._lock:
            self._answered[conversation] = clock.monotonic()

    def looked_at(self, conversation: int, seen: int, since: float) -> None:
        """The person opened it at `since`, with `seen` as its newest message."""
        with self._lock:
            self._seen[conversation] = seen
            if self._waiting.get(conversation, since) < since:
                del self._waiting[conversation]

    def forget(self, conversation: int) -> None:
        """It cannot be opened any more."""
        with self._lock:
            self._waiting.pop(conversation, None)
