"""`GET /live`: the stream one browser reads, with replay of what it missed.

Server-sent events (WHATWG HTML, section 9.2). A place in the journal, "xid-id", is the event id.
`Last-Event-ID` (a reconnect) wins over `?after=` (the place the page was drawn at). Named events:
`beat` keeps the line alive, `reset` says "read the page again, go on from this id", `presence`
(without an id, it is no history) says who is where.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import parse_cookie

from harken.domain.journal.queries import Entry, Position
from harken.kit import clock
from harken.web.live.access import Viewer, viewers
from harken.web.live.answers import SECURITY, Receive, Scope, Send, plain
from harken.web.live.hub import Hub, Listener, encoded
from harken.web.live.presence import Watch
from harken.web.live.tail import Tail

log = logging.getLogger(__name__)

BEAT = 20.0  # seconds without a write before a sign of life
LIFE = 600.0  # seconds a stream lives, give or take a tenth; the browser comes back by itself
RECHECK = 30.0  # seconds between two looks at whether sessions and rights still hold
REPLAY_LIMIT = 5000  # entries read from the table for one reconnect; more is a `reset`
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    # A compressing proxy or middleware would hold events back.
    (b"content-encoding", b"identity"),
    (b"x-accel-buffering", b"no"),
    *SECURITY,
]


class Live:
    """The ASGI application of the stream; `run` keeps it fed."""

    def __init__(self, database_url: str) -> None:
        self.hub = Hub()
        self._tail = Tail(database_url, self.hub.begin, self.hub.deliver)
        self._watch = Watch(database_url, self.hub)
        self._sessions: dict[Listener, str] = {}
        self._threads = asyncio.Semaphore(4)  # database connections for looking up sessions

    async def run(self) -> None:
        """Follow journal and presence, keep lines alive, re-check rights; until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._tail.run())
            group.create_task(self._watch.run())
            group.create_task(self._beat())
            group.create_task(self._recheck())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one stream until either side ends it."""
        if scope["method"] != "GET":
            return await plain(send, 405, "Only GET.")
        session = _session_key(scope)
        try:
            viewer = (await self._viewers([session])).get(session) if session else None
        except DatabaseError:
            return await plain(send, 503, "The database does not answer. Please try again.")
        if viewer is None:
            return await plain(send, 401, "Please sign in.")
        if self.hub.position is None:
            return await plain(send, 503, "Harken is starting. Please try again.")
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        return await self._stream(session, viewer, _asked_place(scope), receive, send)

    # --- one stream --------------------------------------------------------------------------

    async def _stream(
        self, session: str, viewer: Viewer, asked: str | None, receive: Receive, send: Send
    ) -> None:
        listener = self._join(viewer, asked)
        self._sessions[listener] = session
        loop = asyncio.get_running_loop()
        leaving = loop.create_task(_until_gone(receive))
        leaving.add_done_callback(lambda _: listener.end("gone"))
        life = loop.call_later(LIFE * random.uniform(0.9, 1.1), listener.end, "expired")  # noqa: S311 - spreads load
        try:
            if listener.held:
                await self._replay_from_table(listener)
            await self._write(listener, send)
        finally:
            life.cancel()
            leaving.cancel()
            self.hub.remove(listener)
            self._sessions.pop(listener, None)

    async def _write(self, listener: Listener, send: Send) -> None:
        while True:
            events = await listener.take()
            if listener.ending in ("gone", "denied"):
                events = b""
            elif listener.ending == "reset":
                events = self._reset()
            more = listener.ending is None
            listener.last_write = clock.monotonic()
            await send({"type": "http.response.body", "body": events, "more_body": more})
            if not more:
                return

    def _join(self, viewer: Viewer, asked: str | None) -> Listener:
        """Register first, then replay: nothing can come between, the loop is one thread."""
        now = self.hub.position
        assert now is not None  # the caller looked before it began to answer
        after = _parsed(asked)
        listener = Listener(viewer, seen=after or now)
        listener.push(b": welcome\nretry: 1000\n\n" + self._watch.everything(viewer))
        if asked is None:
            listener.push(f"id: {now}\n\n".encode())
        elif after is None or after > now:
            listener.seen = now
            listener.push(self._reset())
        elif (kept := self.hub.kept_since(after)) is None:
            listener.held = True
        else:
            listener.seen = now
            listener.release(
                [event for entry, event in kept if viewer.may_hear(entry.teams, entry.only_for)]
            )
        self.hub.add(listener)
        return listener

    async def _replay_from_table(self, listener: Listener) -> None:
        after, until = listener.seen, self.hub.position
        assert until is not None  # it never becomes None again
        try:
            entries = await self._tail.between(after, until, REPLAY_LIMIT + 1)
        except psycopg.Error:
            return listener.end("reset")
        if len(entries) > REPLAY_LIMIT or await self._is_forgotten(after, entries):
            listener.release([self._reset(until)])
            return None
        may_hear = listener.viewer.may_hear
        allowed = [entry for entry in entries if may_hear(entry.teams, entry.only_for)]
        listener.release([encoded(entry) for entry in allowed])
        return None

    async def _is_forgotten(self, after: Position, entries: list[Entry]) -> bool:
        """Whether the table may have been trimmed after that place (then a gap is possible)."""
        start = Position(0, 0)
        return bool(entries) and not await self._tail.between(start, after, 1)

    def _reset(self, place: Position | None = None) -> bytes:
        return f"event: reset\nid: {place or self.hub.position}\ndata: {{}}\n\n".encode()

    # --- all streams -------------------------------------------------------------------------

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(1)
            due = clock.monotonic() - BEAT
            for listener in list(self.hub.listeners):
                if listener.last_write < due and not listener.held:
                    # With the place, so that a quiet team's reconnect need not replay the others'.
                    listener.push(f"event: beat\nid: {self.hub.position}\ndata: {{}}\n\n".encode())

    async def _recheck(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.hub.rights_changed.wait(), RECHECK)
            self.hub.rights_changed.clear()
            sessions = dict(self._sessions)
            if not sessions:
                continue
            try:
                good = await self._viewers(sorted(set(sessions.values())))
            except DatabaseError as error:
                log.warning("sessions cannot be checked, trying again: %s", error)
                continue
            for listener, session in sessions.items():
                before, now = listener.viewer, good.get(session)
                self.hub.change_rights(listener, now)
                if now is not None and now != before:
                    listener.push(self._watch.everything(now))

    async def _viewers(self, sessions: list[str]) -> dict[str, Viewer]:
        async with self._threads:
            return await asyncio.to_thread(viewers, sessions)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _session_key(scope: Scope) -> str:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    parsed: dict[str, Any] = parse_cookie(cookies.decode("latin-1"))
    return str(parsed.get(settings.SESSION_COOKIE_NAME, ""))


def _asked_place(scope: Scope) -> str | None:
    """The place the browser wants to go on from, as it wrote it; None when it named none."""
    for name, value in scope["headers"]:
        if name == b"last-event-id" and value:
            return str(value.decode("latin-1"))
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("after")
    return asked[0] if asked else None


def _parsed(asked: str | None) -> Position | None:
    if asked is None or len(asked) > 40:
        return None
    try:
        place = Position.parse(asked)
    except ValueError:
        return None
    return place if place.xid < 2**63 and place.id < 2**63 else None
