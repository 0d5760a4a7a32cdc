"""Who listens, and what each may hear. Lives in the event loop of one process, in memory.

An entry is encoded once and offered only to those its teams name; many entries that come together
leave in one write per listener.
"""

from __future__ import annotations

import asyncio
import bisect
import json
from collections import defaultdict, deque
from collections.abc import Iterable

from harken.domain.journal.queries import Entry, Position
from harken.web.live.access import Viewer

KEPT = 4096  # entries replayed from memory
QUEUE_LIMIT = 512 * 1024  # bytes waiting for one listener; more means it cannot follow
RIGHTS_CHANGED = frozenset({"UserChanged", "MembershipChanged"})
TOLD = ("message", "reply", "draft", "note", "action", "team", "topic", "assignee")


def encoded(entry: Entry) -> bytes:
    """The entry as a server-sent event: ids only, never content."""
    told: dict[str, object] = {
        "kind": entry.kind,
        "at": entry.at.isoformat(),
        "conversation": entry.conversation,
        "channel": entry.channel,
        "by": entry.actor,
    }
    told |= {key: entry.data[key] for key in TOLD if isinstance(entry.data.get(key), int)}
    text = json.dumps({key: value for key, value in told.items() if value is not None})
    return f"id: {entry.position}\ndata: {text}\n\n".encode()


class Listener:
    """One open stream. `seen` is the newest position it has been told of or may skip."""

    __slots__ = ("_size", "_waiter", "_waiting", "ending", "held", "last_write", "seen", "viewer")

    def __init__(self, viewer: Viewer, seen: Position) -> None:
        self.viewer = viewer
        self.seen = seen
        self.held = False  # while older entries are still being read from the table
        self.ending: str | None = None
        self.last_write = 0.0
        self._waiting: list[bytes] = []
        self._size = 0
        self._waiter: asyncio.Future[None] | None = None

    def offer(self, entry: Entry, event: bytes) -> None:
        """Queue the event unless it was told before; a full queue ends the stream."""
        if entry.position <= self.seen or self.ending:
            return
        self.seen = entry.position
        self.push(event)

    def push(self, event: bytes) -> None:
        """Queue bytes whatever they are."""
        self._size += len(event)
        if self._size > QUEUE_LIMIT:
            self.end("reset")
            return
        self._waiting.append(event)
        self._wake()

    def end(self, why: str) -> None:
        """Close the stream: `gone`, `expired`, `stopping`, `denied`, or `reset` (tell it first)."""
        self.ending = self.ending or why
        self._wake()

    async def take(self) -> bytes:
        """Everything queued, waiting for something or for the end (then maybe nothing)."""
        while not self.ending and (self.held or not self._waiting):
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        taken = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        return taken

    def release(self, older: list[bytes]) -> None:
        """Put what was read from the table before what came meanwhile."""
        self._waiting[:0] = older
        self.held = False
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Hub:
    """The listeners of this process, found by team."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.position: Position | None = None
        self.closing = False
        self.rights_changed = asyncio.Event()
        self._by_team: dict[int, set[Listener]] = defaultdict(set)
        self._see_all: set[Listener] = set()
        self._of_person: dict[int, set[Listener]] = defaultdict(set)
        self._kept: deque[tuple[Entry, bytes]] = deque(maxlen=KEPT)
        self._kept_after: Position | None = None

    def begin(self, position: Position) -> None:
        """From here on `deliver` brings everything."""
        self.position = self._kept_after = position

    def deliver(self, entries: list[Entry]) -> None:
        """Keep the entries and offer each to those who may hear it."""
        for entry in entries:
            event = encoded(entry)
            if len(self._kept) == KEPT:
                self._kept_after = self._kept[0][0].position
            self._kept.append((entry, event))
            for listener in self.audience(entry.teams, entry.only_for):
                listener.offer(entry, event)
            if entry.kind in RIGHTS_CHANGED:
                self.rights_changed.set()
        self.position = entries[-1].position

    def add(self, listener: Listener) -> None:
        """Start offering new entries to the listener."""
        self.listeners.add(listener)
        self._index(listener)
        if self.closing:
            listener.end("stopping")

    def remove(self, listener: Listener) -> None:
        """Stop offering; also called for one that was never added."""
        self.listeners.discard(listener)
        self._unindex(listener)

    def change_rights(self, listener: Listener, viewer: Viewer | None) -> None:
        """Give the listener new rights, or end it when the session is over."""
        if viewer is None or viewer.user != listener.viewer.user:
            listener.end("denied")
        elif viewer != listener.viewer:
            self._unindex(listener)
            listener.viewer = viewer
            self._index(listener)

    def audience(self, teams: tuple[int, ...], only_for: int | None = None) -> Iterable[Listener]:
        """Who may hear what belongs to these teams, no teams means everyone; or one person."""
        if only_for is not None:
            return self._of_person.get(only_for, ())
        if not teams:
            return self.listeners
        return self._see_all.union(*(self._by_team.get(team, ()) for team in teams))

    def kept_since(self, after: Position) -> list[tuple[Entry, bytes]] | None:
        """What came after that position, or None when memory does not reach back so far."""
        if self._kept_after is None or after < self._kept_after:
            return None
        kept = list(self._kept)
        first = bisect.bisect_right(kept, after, key=lambda pair: pair[0].position)
        return kept[first:]

    def close(self) -> None:
        """End every stream now and every later one at once."""
        self.closing = True
        for listener in self.listeners:
            listener.end("stopping")

    def _index(self, listener: Listener) -> None:
        self._of_person[listener.viewer.user].add(listener)
        if listener.viewer.sees_all:
            self._see_all.add(listener)
        for team in listener.viewer.teams:
            self._by_team[team].add(listener)

    def _unindex(self, listener: Listener) -> None:
        mine = self._of_person[listener.viewer.user]
        mine.discard(listener)
        if not mine:
            del self._of_person[listener.viewer.user]
        self._see_all.discard(listener)
        for team in listener.viewer.teams:
            self._by_team[team].discard(listener)
