"""The stream at NATS JetStream: a work queue on disk, one pull consumer that all matchers share.

Protocol: docs.nats.io, "JetStream wire API": `$JS.API.CONSUMER.MSG.NEXT` asks for a batch, which
comes to an inbox; a message that carries a status ends it. An acknowledgement is a message to a
post's own reply subject: nothing for done, `-NAK` for again, `+TERM` for never again.

The client library is asynchronous: it lives in a thread of its own, where posts already arrive
while the caller still matches those before.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StreamConfig
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from harken.kit import clock
from harken.kit.heard import Heard
from harken.kit.nats_access import BROKE_OFF, Access, AccessUnusable, CarefulClient, in_words
from harken.kit.source import Cursor
from harken.kit.stream import Backlog, StreamAway, Taken, encode, name_of

PATIENCE = 5.0  # seconds for an answer of the server
RECONNECT = 1  # seconds between two tries to get back to it
LEASE = 30.0  # seconds after which what a killed matcher held comes to another; a batch takes one
PAUSE = 1.0  # seconds before what could not be dealt with comes again
AT_ONCE = 1000  # posts on their way to the server at a time
IN_HAND = 20_000  # posts that all matchers together may hold
ASKED_FOR = 30.0  # seconds for which a request for posts stays open
HEADERS = 1024  # bytes of a message that its headers may take
MATCHERS = "matchers"  # the durable consumer all of them share
NO_ANSWER = "no answer"
T = TypeVar("T")


class NatsStream:
    """See `Stream`. `name` keeps several Harkens on one server apart; `lease` is in seconds.

    `servers` are addresses without credentials; those stand in `access`. The server's stream,
    consumer and cursors are made when they are not there; one that an operator made (more replicas,
    a limit) is used as it is.
    """

    def __init__(
        self,
        servers: Sequence[str],
        name: str = "harken",
        lease: float = LEASE,
        access: Access | None = None,
    ) -> None:
        self._servers, self._lease, self._access = list(servers), lease, access or Access()
        self._subject, self._stream = f"{name}.posts", f"{name}-posts"
        self._cursors, self._cursors_stream = f"{name}.cursors", f"{name}-cursors"
        self._client: Client | None = None
        self._server: JetStreamContext | None = None
        self._is_made = False
        self._trouble, self._failures, self._all_failed = NO_ANSWER, 0, asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._come: deque[Msg] = deque()
        self._more = asyncio.Event()
        self._inbox, self._due, self._due_until = "", 0, 0.0
        threading.Thread(target=self._loop.run_forever, name="stream", daemon=True).start()

    def put(self, posts: Sequence[Heard]) -> None:
        """See `Stream`."""
        for at in range(0, len(posts), AT_ONCE):
            self._do(self._put(posts[at : at + AT_ONCE]))

    def take(self, most: int, patience: float) -> Sequence[Taken]:
        """See `Stream`."""
        return self._do(self._take(most, patience), patience)

    def done(self, taken: Sequence[Taken]) -> None:
        """See `Stream`. Not waited for: a word that is lost brings the post again, no more."""
        self._do(self._tell([each.receipt for each in taken], b""))

    def again(self, taken: Sequence[Taken]) -> None:
        """See `Stream`."""
        later = b"-NAK " + json.dumps({"delay": int(PAUSE * 1e9)}).encode()
        self._do(self._tell([each.receipt for each in taken], later))

    def discard(self, taken: Taken) -> None:
        """See `Stream`."""
        self._do(self._tell([taken.receipt], b"+TERM"))

    def cursor(self, source: str) -> Cursor:
        """See `Stream`."""
        return self._do(self._cursor(source))

    def keep_cursor(self, source: str, cursor: str) -> None:
        """See `Stream`."""
        self._do(self._keep_cursor(source, cursor))

    def backlog(self) -> Backlog:
        """See `Stream`."""
        return self._do(self._backlog())

    def dealt_until(self) -> datetime:
        """See `Stream`."""
        return self._do(self._dealt_until())

    def close(self) -> None:
        """See `Stream`."""
        with suppress(StreamAway):
            self._do(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)

    # --- everything below runs in the thread of the client --------------------------------------

    def _do(self, work: Coroutine[Any, Any, T], more: float = 0.0) -> T:
        """Run `work` there; `more` seconds than usual are fine. Raises `StreamAway`."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(2 * PATIENCE + more)
        except (NatsError, OSError, TimeoutError) as error:
            future.cancel()
            # A call that broke off says less than what the server told meanwhile.
            says_little = isinstance(error, (TimeoutError, ConnectionClosedError))
            raise StreamAway(self._trouble if says_little else in_words(error)) from error
        except AccessUnusable as error:
            raise StreamAway(str(error)) from None

    async def _ready(self) -> JetStreamContext:
        """The connected server, with everything on it that we need."""
        if self._client is None or self._client.is_closed:
            await self._connect()
        if self._client and not self._client.is_connected and self._trouble == BROKE_OFF:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_failed.wait(), 2 * RECONNECT)
        if self._client is None or self._server is None or not self._client.is_connected:
            raise StreamAway(self._trouble)
        if not self._is_made:
            await self._make(self._server)
            self._is_made = True
        return self._server

    async def _connect(self) -> None:
        client = CarefulClient(only_tls=self._access.only_tls)
        options = self._access.options()
        self._trouble, self._failures, self._all_failed = NO_ANSWER, 0, asyncio.Event()
        # The client would try for ever; who asked shall hear at once when no server takes us.
        failed = asyncio.ensure_future(self._all_failed.wait())
        tried = asyncio.ensure_future(
            client.connect(
                self._servers,
                name="Harken",
                connect_timeout=2,
                reconnect_time_wait=RECONNECT,
                max_reconnect_attempts=-1,
                error_cb=self._remember_trouble,
                reconnected_cb=self._ask_anew,
                **options,
            )
        )
        await asyncio.wait((tried, failed), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        failed.cancel()
        if not tried.done() or tried.exception():
            tried.cancel()
            await asyncio.wait((tried,))
            await client.close()
            raise StreamAway(self._trouble)
        self._client, self._server = client, client.jetstream(timeout=PATIENCE)
        self._is_made, self._due = False, 0
        self._inbox = client.new_inbox()
        await client.subscribe(
            self._inbox, cb=self._receive, pending_msgs_limit=0, pending_bytes_limit=0
        )

    async def _make(self, server: JetStreamContext) -> None:
        posts = StreamConfig(
            name=self._stream,
            subjects=[self._subject],
            retention=RetentionPolicy.WORK_QUEUE,
            discard=DiscardPolicy.NEW,  # full means that sources wait, not that posts are lost
        )
        cursors = StreamConfig(
            name=self._cursors_stream, subjects=[f"{self._cursors}.*"], max_msgs_per_subject=1
        )
        for config in (posts, cursors):
            try:
                await server.stream_info(config.name or "")
            except NotFoundError:
                await server.add_stream(config)
        try:
            await server.consumer_info(self._stream, MATCHERS)
        except NotFoundError:
            shared = ConsumerConfig(
                durable_name=MATCHERS,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=self._lease,
                max_ack_pending=IN_HAND,
                max_deliver=-1,
            )
            await server.add_consumer(self._stream, shared)

    async def _put(self, posts: Sequence[Heard]) -> None:
        server = await self._ready()
        sent = [
            await server.publish_async(
                self._subject, self._fitting(post), headers={"Nats-Msg-Id": name_of(post)}
            )
            for post in posts
        ]
        answers = await asyncio.wait_for(asyncio.gather(*sent, return_exceptions=True), PATIENCE)
        for answer in answers:
            if isinstance(answer, BaseException):
                self._is_made = False  # perhaps the server lost its disk: look again next time
                raise answer

    def _fitting(self, post: Heard) -> bytes:
        """As it lies in the stream; one that is too long for the server leaves its links behind.

        Texts have a bound (`MOST_TEXT`), the links of a blog's article have none, and what never
        fits would hold up for ever what comes behind it.
        """
        raw = encode(post)
        most = self._client.max_payload if self._client else 0
        return raw if not most or len(raw) < most - HEADERS else encode(replace(post, links=()))

    async def _take(self, most: int, patience: float) -> list[Taken]:
        await self._ready()
        await self._ask(most)
        if not self._come:
            self._more.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), patience)
        some = [self._come.popleft() for _ in range(min(most, len(self._come)))]
        await self._ask(most)
        return [Taken(each.data, each.reply) for each in some]

    async def _ask(self, most: int) -> None:
        """Ask for as many again once the last request is through; they come while we match."""
        now = self._loop.time()
        if self._client is None or self._come or (self._due > 0 and now < self._due_until):
            return
        self._due, self._due_until = most, now + ASKED_FOR
        wanted = json.dumps({"batch": most, "expires": int(ASKED_FOR * 1e9)}).encode()
        asking = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{MATCHERS}"
        await self._client.publish(asking, wanted, self._inbox)

    async def _receive(self, message: Msg) -> None:
        """A post, or the end of a request: nothing came, or what we ask for is gone."""
        status = (message.headers or {}).get("Status", "")
        if status:
            self._due = 0
            self._is_made = self._is_made and status in ("404", "408")
            return
        self._due -= 1
        self._come.append(message)
        self._more.set()

    async def _tell(self, receipts: Sequence[str], word: bytes) -> None:
        if self._client is None:
            raise StreamAway(self._trouble)
        for receipt in receipts:
            await self._client.publish(receipt, word)

    async def _cursor(self, source: str) -> Cursor:
        server = await self._ready()
        try:
            kept = await server.get_last_msg(self._cursors_stream, self._cursor_of(source))
        except NotFoundError:
            return None
        return (kept.data or b"").decode() or None

    async def _keep_cursor(self, source: str, cursor: str) -> None:
        server = await self._ready()
        await server.publish(self._cursor_of(source), cursor.encode())

    def _cursor_of(self, source: str) -> str:
        """Its subject; a digest, as a source may be named by an address with dots in it."""
        return f"{self._cursors}.{hashlib.blake2b(source.encode(), digest_size=12).hexdigest()}"

    async def _backlog(self) -> Backlog:
        server = await self._ready()
        found = await server.consumer_info(self._stream, MATCHERS)
        return Backlog(found.num_pending or 0, found.num_ack_pending or 0)

    async def _dealt_until(self) -> datetime:
        server, asked_at = await self._ready(), clock.now()
        found = await server.consumer_info(self._stream, MATCHERS)
        floor = found.ack_floor.stream_seq if found.ack_floor else 0
        if not found.num_pending and not found.num_ack_pending:
            await self._sweep(server, floor)
            return asked_at
        try:
            oldest = await server.get_msg(self._stream, floor + 1, self._subject, next=True)
        except NotFoundError:
            return asked_at
        return min(oldest.time or asked_at, asked_at)

    async def _sweep(self, server: JetStreamContext, floor: int) -> None:
        """Remove what is done up to `floor` and lies there still.

        A server that was killed may have forgotten to, and nobody is ever given those again.
        """
        with suppress(NatsError):  # not allowed to: they only take room
            found = await server.stream_info(self._stream)
            if found.state.messages and found.state.first_seq <= floor:
                await server.purge_stream(self._stream, seq=floor + 1)

    async def _leave(self) -> None:
        if self._client is None:
            return
        if self._client.is_connected:
            await self._tell([each.reply for each in self._come], b"-NAK")
            await self._client.flush(int(PATIENCE))
        self._come.clear()
        await self._client.close()

    async def _remember_trouble(self, error: Exception) -> None:
        said = in_words(error)
        is_first = self._trouble == NO_ANSWER
        if is_first or said != BROKE_OFF:  # that a line ended says less than what was told before
            self._trouble = said
        if is_first and said == BROKE_OFF:
            return  # who refuses us may hang up before the reason has come: the next try tells
        self._failures += 1
        if self._failures >= len(self._servers):
            self._all_failed.set()

    async def _ask_anew(self) -> None:
        """What the server was asked for before it went away, it does not remember."""
        self._trouble = NO_ANSWER
        self._due = 0
