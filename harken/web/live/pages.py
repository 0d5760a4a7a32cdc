"""One keep-alive connection to the process that renders the pages, and a pool of them.

HTTP/1.1 over a unix socket or TCP, parsed by `httptools`; one exchange at a time each.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import cast

import httptools

Headers = list[tuple[bytes, bytes]]
HIGH_WATER = 256 * 1024  # bytes waiting for a slow reader before we stop reading upstream
NO_BODY = frozenset({204, 304})


class PagesGone(ConnectionError):
    """The pages process cannot be reached or broke off. `sent`: it may have seen the request."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


@dataclass(slots=True)
class _Answer:
    """What the parser has seen of the current answer."""

    bodiless: bool
    status: int = 0
    headers: Headers = field(default_factory=list)
    has_head: bool = False
    chunks: deque[bytes] = field(default_factory=deque)
    size: int = 0
    complete: bool = False
    keep_alive: bool = False


class Connection(asyncio.Protocol):
    """Writes a request, reads its answer piece by piece."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._answer = _Answer(bodiless=False)
        self._waiter: asyncio.Future[None] | None = None
        self.closed = False
        self.used = False

    # --- asyncio.Protocol --------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Called by the event loop."""
        self.closed = True
        self._wake()

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        if self._parser is None:
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.close()
        if self._answer.size > HIGH_WATER and self._transport:
            self._transport.pause_reading()
        self._wake()

    # --- httptools ---------------------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self._answer.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        parser, answer = self._parser, self._answer
        if parser is None or parser.get_status_code() < 200:
            answer.headers.clear()  # 100-continue and 103 hints stay between the two of us
            return
        answer.status, answer.has_head = parser.get_status_code(), True
        answer.keep_alive = parser.should_keep_alive()
        if answer.bodiless and answer.status not in NO_BODY:
            # The parser would wait for the body that an answer to HEAD announces but never sends.
            answer.complete, answer.keep_alive = True, False

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._answer.chunks.append(body)
        self._answer.size += len(body)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._answer.has_head:
            self._answer.complete = True

    # --- one exchange ------------------------------------------------------------------------

    async def ask(self, request: bytes, *, bodiless: bool) -> tuple[int, Headers]:
        """Send a whole request, wait for status and headers. Raises PagesGone."""
        self._answer = answer = _Answer(bodiless=bodiless)
        self._parser = httptools.HttpResponseParser(self)
        if self._transport is None or self.closed:
            raise PagesGone("closed", sent=False)
        self._transport.write(request)
        while not answer.has_head:
            if self.closed:
                raise PagesGone("the pages broke off before answering", sent=True)
            await self._wait()
        self.used = True
        return answer.status, answer.headers

    async def body(self) -> AsyncGenerator[tuple[bytes, bool], None]:
        """Pieces of the body with "more comes after this". Raises PagesGone when it is cut."""
        answer = self._answer
        while True:
            piece = b"".join(answer.chunks)
            answer.chunks.clear()
            answer.size = 0
            if self._transport and not self.closed:
                self._transport.resume_reading()
            if answer.complete:
                yield piece, False
                return
            if self.closed:
                raise PagesGone("the pages broke off in the middle", sent=True)
            if piece:
                yield piece, True
            if not answer.chunks and not answer.complete and not self.closed:
                await self._wait()

    @property
    def reusable(self) -> bool:
        """Whether the next request may go over this connection."""
        return self._answer.complete and self._answer.keep_alive and not self.closed

    def close(self) -> None:
        """Give the connection up."""
        self.closed = True
        if self._transport:
            self._transport.abort()

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Pool:
    """Connections to `address`: `unix:/path/to/socket` or `host:port`."""

    def __init__(self, address: str, *, limit: int = 64) -> None:
        self._address = address
        self._idle: list[Connection] = []
        self._slots = asyncio.Semaphore(limit)

    async def take(self, *, fresh: bool = False) -> Connection:
        """An idle connection or a new one, waiting while `limit` are out. Raises PagesGone."""
        await self._slots.acquire()
        while self._idle and not fresh:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
        try:
            return await asyncio.wait_for(self._connect(), 2)
        except (OSError, TimeoutError) as error:
            self._slots.release()
            raise PagesGone(f"cannot reach {self._address}: {error}", sent=False) from error
        except BaseException:
            self._slots.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """Every taken connection comes back here, whatever became of it."""
        self._slots.release()
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        if self._address.startswith("unix:"):
            path = self._address.removeprefix("unix:")
            _, connection = await loop.create_unix_connection(Connection, path)
        else:
            host, _, port = self._address.rpartition(":")
            _, connection = await loop.create_connection(Connection, host, int(port))
        return connection
