"""Hands everything but the live stream to the pages process, so that the user sees one port.

Why it exists, and what else was measured: docs/adr/0005-one-port.md. A request is read whole
(at most 1 MB) before it is passed on: a slow sender then costs a few bytes here, not a thread
there. Answers are streamed.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from harken.web.live.answers import Receive, Scope, Send, plain, resting
from harken.web.live.pages import Connection, Headers, PagesGone, Pool

LARGEST_BODY = 1024 * 1024  # bytes
BODY_DEADLINE = 30.0  # seconds for the browser to send its request
HEAD_DEADLINE = 30.0  # seconds for the pages to begin an answer
IDLE_DEADLINE = 30.0  # seconds between two pieces of an answer
# RFC 9110 section 7.6.1: these belong to one connection and are not passed on.
HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer"
    b" transfer-encoding upgrade".split()
)
# Who says where a request came from is us, never the browser.
OURS = frozenset(
    b"forwarded x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto"
    b" x-forwarded-server x-real-ip content-length expect".split()
)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class TooLarge(Exception):
    """The request body is over `LARGEST_BODY`."""


@dataclass(frozen=True, slots=True)
class Relay:
    """An ASGI application in front of the pages.

    `https`: people reach Harken through a proxy of their own that speaks https and sets
    X-Forwarded-For; only then its last entry is believed.
    """

    pool: Pool
    https: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on and its answer back."""
        try:
            body = await asyncio.wait_for(_read_body(scope, receive), BODY_DEADLINE)
        except TooLarge:
            return await plain(send, 413, "This is too large: at most 1 MB can be sent at once.")
        except TimeoutError:
            return await plain(send, 408, "The request took too long to arrive.")
        if body is None:
            return None
        started = _Started(send)
        try:
            await self._exchange(scope, self._request(scope, body), started)
        except TimeoutError:
            await started.instead(plain, 504, "This took too long. Please try again.")
        except PagesGone:
            await started.instead(resting, scope)

    async def _exchange(self, scope: Scope, request: bytes, send: _Started) -> None:
        connection, status, headers = await self._ask(scope, request)
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": status,
                    "headers": _end_to_end(headers, HOP_BY_HOP | {b"server"}),
                }
            )
            async with aclosing(connection.body()) as pieces:
                while True:
                    piece, more = await asyncio.wait_for(anext(pieces), IDLE_DEADLINE)
                    await send({"type": "http.response.body", "body": piece, "more_body": more})
                    if not more:
                        return
        finally:
            self.pool.give_back(connection)

    async def _ask(self, scope: Scope, request: bytes) -> tuple[Connection, int, Headers]:
        """Send the request; once more when an idle connection turned out to be dead."""
        connection = await self.pool.take()
        again = connection.used and scope["method"] in SAFE
        try:
            head = await self._head(connection, request, scope)
        except PagesGone as gone:
            self.pool.give_back(connection)
            if gone.sent and not again:
                raise
            connection = await self.pool.take(fresh=True)
            head = await self._head_or_give_back(connection, request, scope)
        except BaseException:
            connection.close()
            self.pool.give_back(connection)
            raise
        return connection, *head

    async def _head_or_give_back(
        self, connection: Connection, request: bytes, scope: Scope
    ) -> tuple[int, Headers]:
        try:
            return await self._head(connection, request, scope)
        except BaseException:
            connection.close()
            self.pool.give_back(connection)
            raise

    async def _head(
        self, connection: Connection, request: bytes, scope: Scope
    ) -> tuple[int, Headers]:
        asking = connection.ask(request, bodiless=scope["method"] == "HEAD")
        return await asyncio.wait_for(asking, HEAD_DEADLINE)

    def _request(self, scope: Scope, body: bytes) -> bytes:
        target = scope["raw_path"]
        if scope["query_string"]:
            target += b"?" + scope["query_string"]
        headers = _end_to_end(scope["headers"], HOP_BY_HOP | OURS)
        headers += [
            (b"x-forwarded-for", self._client(scope)),
            (b"x-forwarded-proto", b"https" if self.https else b"http"),
            (b"x-forwarded-host", _header(scope, b"host")),
        ]
        if body or scope["method"] not in SAFE:
            headers.append((b"content-length", b"%d" % len(body)))
        lines = [scope["method"].encode() + b" " + target + b" HTTP/1.1"]
        lines += [name + b": " + value for name, value in headers]
        return b"\r\n".join(lines) + b"\r\n\r\n" + body

    def _client(self, scope: Scope) -> bytes:
        if self.https:
            last = _header(scope, b"x-forwarded-for").rpartition(b",")[2].strip()
            if last:
                return last
        return scope["client"][0].encode() if scope.get("client") else b"unknown"


class _Started:
    """`send` that remembers whether the answer has begun, when nothing else can be said."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = False

    async def __call__(self, message: dict[str, Any]) -> None:
        self._begun = True
        await self._send(message)

    async def instead(self, answer: Any, *args: Any) -> None:
        """Give `answer` in place of the one that failed, or cut the connection visibly."""
        if self._begun:
            raise PagesGone("the answer was cut", sent=True)
        await answer(self._send, *args)


async def _read_body(scope: Scope, receive: Receive) -> bytes | None:
    announced = _header(scope, b"content-length")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        raise TooLarge
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_BODY:
            raise TooLarge
        if not message.get("more_body"):
            return b"".join(pieces)


def _end_to_end(headers: Headers, dropped: frozenset[bytes]) -> Headers:
    named = [value for name, value in headers if name == b"connection"]
    if named:
        dropped |= {part.strip() for part in b",".join(named).lower().split(b",")}
    return [(name, value) for name, value in headers if name not in dropped]


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")
