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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from harken.connectors.jetstream.authors import PUBLIC_APPVIEW, AppView
from harken.connectors.jetstream.line import connected, waiting
from harken.connectors.jetstream.parse import NETWORK, POSTS, microseconds, told
from harken.connectors.jetstream.repos import Repos
from harken.kit import clock
from harken.kit.heard import Heard
from harken.kit.source import Caught, Cursor, Met, closed, going_on, number, opened
from harken.kit.source_kinds import Setting, SourceKind, web, web_socket

PUBLIC = (
    "wss://jetstream2.us-east.bsky.network",
    "wss://jetstream1.us-west.bsky.network",
    "wss://jetstream1.us-east.bsky.network",
    "wss://jetstream2.us-west.bsky.network",
)
OVERLAP = 5_000_000  # microseconds read again; the project advises a few seconds
MOST_BYTES = 1024 * 1024  # of one message, unpacked


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
        with connected(_url(next(self._addresses), place.since), MOST_BYTES) as line:
            yield Caught((), place.closed())
            while not stop.is_set():
                posts = [post for raw in waiting(line) if (post := place.take(raw))]
                yield Caught(tuple(posts), place.closed())


def _now() -> int:
    return microseconds(clock.now())


def _url(address: str, since: int) -> str:
    wanted = {"wantedCollections": POSTS, "maxMessageSizeBytes": MOST_BYTES, "cursor": since}
    return f"{address}/subscribe?{urlencode(wanted)}"


def _names(help_: str) -> Setting:
    return Setting("appview", "Names from", help_, optional=True, keeps_place=True, check=web)


def _appview(given: Mapping[str, str], otherwise: str = "") -> AppView | None:
    """Who is asked for handles and followers; sources saved before this was a setting have none."""
    address = given.get("appview") or otherwise
    return AppView(address) if address else None


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
            _names("Who tells handles and followers of those who were heard. Empty asks Bluesky."),
        ),
        make=lambda given, _: Jetstream([given["address"]] if given.get("address") else PUBLIC),
        network=NETWORK,
        authors=lambda given: _appview(given, PUBLIC_APPVIEW),
        remedy="The address leads nowhere we may go: it has to begin with wss://. A host inside "
        "your own network must be named in HARKEN_PRIVATE_HOSTS.",
    ),
    SourceKind(
        kind="bluesky-firehose",
        label="A Bluesky server's own firehose",
        about="Every public post of one server or relay of the AT Protocol, for example your own.",
        settings=(
            Setting(
                "address",
                "Address",
                "Such as wss://pds.example.org. All of Bluesky is cheaper by Jetstream.",
                check=web_socket,
            ),
            _names("An AppView that answers strangers. Empty asks through your account there."),
        ),
        make=lambda given, _: Repos(given["address"]),
        network=NETWORK,
        authors=_appview,
        remedy="The address leads nowhere we may go: it has to begin with wss://. A host inside "
        "your own network must be named in HARKEN_PRIVATE_HOSTS.",
    ),
)
