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
from harken.connectors.jetstream.line import MUTE, connected, waiting
from harken.connectors.jetstream.parse import NETWORK, POSTS, microseconds, told
from harken.connectors.jetstream.repos import Repos
from harken.kit import clock
from harken.kit.asking import no_sign
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import Caught, Cursor, Gone, Met, closed, going_on, number, opened
from harken.kit.source_kinds import Setting, SourceKind, web, web_socket

PUBLIC = (
    "wss://jetstream2.us-east.bsky.network",
    "wss://jetstream1.us-west.bsky.network",
    "wss://jetstream1.us-east.bsky.network",
    "wss://jetstream2.us-west.bsky.network",
)
OVERLAP = 5_000_000  # microseconds read again; the project advises a few seconds
MOST_BYTES = 1024 * 1024  # of one message, unpacked
NEVER_SILENT = 45.0  # seconds: all of Bluesky together says something many times a second


@dataclass(slots=True)
class Place:
    """How far the stream was read, the posts of the last seconds, and where it all began.

    `gone` collects what was taken back.
    """

    at: int
    start: int
    met: Met = field(default_factory=Met)
    gone: list[Gone] = field(default_factory=list)

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
        if message.gone:
            self.gone.append(message.gone)
        post = message.post
        return post if post and self.met.is_new(post.uri, message.time_us) else None

    def caught(self, posts: Sequence[Heard] = ()) -> Caught:
        """These, what was taken back since the last time, and the cursor behind them."""
        gone, self.gone = self.gone, []
        return Caught(tuple(posts), self.closed(), gone=tuple(gone))

    def closed(self) -> str:
        """The cursor to store."""
        # Twice the overlap: another instance may stamp a post seconds later than this one did.
        self.met.forget(self.at - 2 * OVERLAP)
        return closed(at=self.at, start=self.start, met=self.met.saved())


class Jetstream:
    """Every public post of Bluesky as it is written; no account is needed.

    `addresses` are instances, such as `wss://jetstream2.us-east.bsky.network`, taken in turns
    when one fails. One that answers our pings and has said nothing for `never_silent` seconds hangs
    behind its own line and fails too; None: it may have nothing to say, as one of a small network.
    """

    def __init__(
        self,
        addresses: Sequence[str] = PUBLIC,
        *,
        mute: float = MUTE,
        never_silent: float | None = None,
    ) -> None:
        self._addresses = itertools.cycle([address.rstrip("/") for address in addresses])
        self._mute = mute
        is_all = addresses is PUBLIC and never_silent is None
        self._never_silent = NEVER_SILENT if is_all else never_silent

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """See `Source`."""
        return going_on(self._read, cursor, stop)

    def _read(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        place, address = Place.opened(cursor), next(self._addresses)
        with connected(_url(address, place.since), MOST_BYTES, self._mute) as line:
            yield place.caught()
            spoke = clock.monotonic()
            while not stop.is_set():
                messages = list(waiting(line))
                spoke = clock.monotonic() if messages else spoke
                self._refuse_silence(address, clock.monotonic() - spoke)
                yield place.caught([post for raw in messages if (post := place.take(raw))])

    def _refuse_silence(self, address: str, seconds: float) -> None:
        if self._never_silent is not None and seconds >= self._never_silent:
            raise ConnectorError(f"{address}: {no_sign(self._never_silent)}")


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
