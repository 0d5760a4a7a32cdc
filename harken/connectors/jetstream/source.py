"""Reading Jetstream: one web socket, a cursor in microseconds, and an overlap at each return.

Source: github.com/bluesky-social/jetstream, `/subscribe`: `wantedCollections`, `cursor` (Unix
microseconds, replayed from there; none: from now), `maxMessageSizeBytes`. Its instances do not
stamp an event at the same microsecond, so that a change between them needs the overlap as well.
Messages are packed by the web socket's own compression when the server offers it; the stream's
zstd, which needs a dictionary that is fetched elsewhere, is not asked for.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from harken.connectors.jetstream.parse import POSTS, START, told
from harken.kit import clock, http
from harken.kit.addresses import is_private_host
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.leash import Held, leashed
from harken.kit.source import Caught, Cursor, Met, closed, going_on, number, opened
from harken.kit.source_kinds import Setting, SourceKind, web_socket

PUBLIC = (
    "wss://jetstream2.us-east.bsky.network",
    "wss://jetstream1.us-west.bsky.network",
    "wss://jetstream1.us-east.bsky.network",
    "wss://jetstream2.us-west.bsky.network",
)
OVERLAP = 5_000_000  # microseconds read again; the project advises a few seconds
MOST_BYTES = 1024 * 1024  # of one message, unpacked
BATCH = 200
QUIET = 1.0  # seconds without a message after which the caller is told the cursor all the same


@dataclass(slots=True)
class Place:
    """How far the stream was read, the posts of the last seconds, and where it all began."""

    at: int
    start: int
    met: Met = field(default_factory=Met)

    @classmethod
    def opened(cls, cursor: Cursor) -> Place:
        """From a cursor; without one, now."""
        values = opened(cursor)
        at = number(values.get("at")) or _now()
        start = number(values.get("start")) if values.get("at") else at
        return cls(at, start, Met(values.get("met"), at))

    @property
    def since(self) -> int:
        """From where the stream is asked again."""
        return max(self.at - OVERLAP, self.start)

    def take(self, raw: str | bytes) -> Heard | None:
        """Go on by one message; the post in it, when it is one and was not met."""
        message = told(raw)
        if message is None:
            return None
        self.at = max(self.at, message.time_us)
        post = message.post
        return post if post and self.met.is_new(post.uri, message.time_us) else None

    def closed(self) -> str:
        """The cursor to store."""
        # Twice the overlap: another instance may stamp a post seconds later than this one did.
        self.met.forget(self.at - 2 * OVERLAP)
        return closed(at=self.at, start=self.start, met=self.met.saved())


class Jetstream:
    """Every public post of Bluesky as it is written; no account is needed.

    `addresses` are instances, such as `wss://jetstream2.us-east.bsky.network`, taken in turns
    when one fails.
    """

    def __init__(self, addresses: Sequence[str] = PUBLIC) -> None:
        self._addresses = itertools.cycle([address.rstrip("/") for address in addresses])

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """See `Source`."""
        return going_on(self._read, cursor, stop)

    def _read(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        place = Place.opened(cursor)
        with _connected(next(self._addresses), place.since) as line:
            yield Caught((), place.closed())
            while not stop.is_set():
                posts = [post for raw in _waiting(line) if (post := place.take(raw))]
                yield Caught(tuple(posts), place.closed())


@contextmanager
def _connected(address: str, since: int) -> Iterator[ClientConnection]:
    """A line to one instance. Raises `ConnectorError` when it cannot be had or breaks."""
    parts = urlsplit(address)
    if parts.scheme != "wss" and not is_private_host(parts.hostname or ""):
        raise ConnectorError(f"{address}: only wss leaves this house", permanent=True)
    wanted = {"wantedCollections": POSTS, "maxMessageSizeBytes": MOST_BYTES, "cursor": since}
    try:
        with leashed():
            line = connect(
                f"{address}/subscribe?{urlencode(wanted)}",
                ssl=http.tls() if parts.scheme == "wss" else None,
                user_agent_header=http.USER_AGENT,
                proxy=None,
                open_timeout=http.CONNECT_SECONDS,
                close_timeout=1,
                max_size=MOST_BYTES,
            )
        with line:
            yield line
    except Held as error:
        raise ConnectorError(f"{address}: {error}", permanent=True) from error
    except (OSError, WebSocketException, ValueError) as error:
        raise ConnectorError(f"{address}: {type(error).__name__}: {error}") from error


def _waiting(line: ClientConnection) -> Iterator[str | bytes]:
    """The messages that are there; the first one is waited for a little."""
    wait = QUIET
    for _ in range(BATCH):
        try:
            yield line.recv(timeout=wait)
        except TimeoutError:
            return
        wait = 0.0


def _now() -> int:
    return int((clock.now() - START).total_seconds() * 1_000_000)


KINDS = (
    SourceKind(
        kind="jetstream",
        label="Bluesky, everything (Jetstream)",
        about="Every public post of Bluesky as it is written. No account is needed.",
        settings=(
            Setting(
                "address",
                "Address",
                "Empty takes Bluesky's four public instances in turns.",
                optional=True,
                keeps_place=True,
                check=web_socket,
            ),
        ),
        make=lambda given, _: Jetstream([given["address"]] if given.get("address") else PUBLIC),
        remedy="The address leads nowhere we may go: it has to begin with wss://. A host inside "
        "your own network must be named in HARKEN_PRIVATE_HOSTS.",
    ),
)
