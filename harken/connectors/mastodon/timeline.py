"""Following a timeline: what it holds from where we were, and its stream while that lasts.

Source: docs.joinmastodon.org, methods/timelines (`min_id` gives the statuses immediately newer than
an id, 40 at most, so that an outage is read forwards page by page) and methods/streaming
(server-sent events, no replay; another host may serve them, to which `api/v1/streaming` redirects;
since 4.2 they want an account's token). Statuses of other servers are given ids by the time they
were written, so that one that arrives late stands below those already read: each reading begins an
overlap early.

The stream is opened first and the timeline read then: what comes in between waits in the line.
A stream that lives says so every 15 seconds (`:thump`); three of them missed, it is closed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

import httpx

from harken.connectors.mastodon.parse import LONGEST_REF, NETWORK
from harken.connectors.mastodon.place import OVERLAP, PAGE, Place, id_of, refuse_token
from harken.connectors.mastodon.statuses import Statuses
from harken.kit import clock, http
from harken.kit.asking import ask, failed, json_of, no_sign, refuse_failed
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import Caught, Cursor, Gone, going_on

EVERY = 20.0  # seconds between two looks where there is no stream
STREAM_SECONDS = 300.0  # of one line; then the timeline is read again
OWN_OVERLAP = 60_000  # milliseconds; what a server's own people write, it lists at once
WIDE_OVERLAP = 180_000  # of all that a server knows of: more than that fills its cursor
WIDE_HOLDS = 1.0  # seconds in which its posts are held together; each cursor names the overlap
MUTE = 45.0  # seconds without a byte after which a line is opened anew
MOST_LINE = 1024 * 1024  # bytes of one event
MOST_STREAM = 64 * 1024 * 1024  # bytes of one line


class Followed(NamedTuple):
    """What is followed: the paths of a timeline and its stream, and what each is asked with.

    `overlap`: milliseconds of the timeline that are read again. `holds`: seconds for which posts of
    a busy stream are held together.
    """

    timeline: str
    stream: str
    timeline_asks: Mapping[str, str]
    stream_asks: Mapping[str, str]
    overlap: int = OVERLAP
    holds: float = 0.0


def hashtag(tag: str) -> Followed:
    """Public posts with one hashtag, with or without its #."""
    name = tag.removeprefix("#")
    return Followed(f"tag/{quote(name, safe='')}", "hashtag", {}, {"tag": name})


def everybody(*, own: bool) -> Followed:
    """All public posts that a server knows of; `own`: only of its own people."""
    if own:
        return Followed("public", "public/local", {"local": "true"}, {}, OWN_OVERLAP)
    return Followed("public", "public", {}, {}, WIDE_OVERLAP, WIDE_HOLDS)


class Timeline:
    """Public posts that a server knows of, as far as `followed` says.

    `token` is an account's; an application's opens the timeline only, and without one most servers
    show the timeline all the same. Where there is no stream for us the timeline is looked at every
    `every` seconds; a stream that was silent for `mute` seconds is opened anew.
    """

    def __init__(
        self,
        server: str,
        followed: Followed,
        *,
        token: str = "",
        every: float = EVERY,
        mute: float = MUTE,
    ) -> None:
        self._server = server.rstrip("/")
        self._home = urlsplit(server).netloc
        self._followed = followed
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._every = every
        self._mute = mute
        self._http = http.client(most_bytes=MOST_STREAM)
        self._statuses = Statuses(self._server, self._headers)

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """See `Source`."""
        # A stream has its own end; without one the pause is between two looks.
        return going_on(self._round, cursor, stop, self._every if not self._headers else 0.0)

    def reread(self, refs: Sequence[str]) -> tuple[list[Heard], list[Gone]]:
        """See `Rereads`."""
        return self._statuses.reread(refs)

    def _round(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        place = Place.opened(cursor, self._followed.overlap)
        if not self._headers:
            yield from self._read(place, stop)
            return
        with self._streamed() as events:
            yield from self._read(place, stop)
            if events is None:
                stop.wait(self._every)
            else:
                yield from self._live(events, place, stop)

    def _read(self, place: Place, stop: threading.Event) -> Iterator[Caught]:
        """Forwards, page by page, to the newest."""
        behind = place.since
        while not stop.is_set():
            page = self._page(behind)
            posts = [post for each in reversed(page) if (post := place.take(each, self._home))]
            place.pass_by(page)
            newest = max([behind, *(id_of(s.get("id")) for s in page if isinstance(s, dict))])
            yield Caught(tuple(posts), place.closed())
            if len(page) < PAGE or newest <= behind:
                return
            behind = newest

    def _page(self, behind: int) -> list[Any]:
        url = f"{self._server}/api/v1/timelines/{self._followed.timeline}"
        params: dict[str, str | int] = {
            **self._followed.timeline_asks,
            "min_id": str(behind),
            "limit": PAGE,
        }
        response = ask(self._http, url, params=params, headers=self._headers)
        if response.status_code == httpx.codes.NOT_FOUND:
            return []  # nobody has used the tag yet
        refuse_token(url, response)
        page = json_of(response)
        if not isinstance(page, list):
            raise ConnectorError(f"{url}: an answer without statuses")
        return page

    def _live(
        self, events: Iterator[tuple[str, str]], place: Place, stop: threading.Event
    ) -> Iterator[Caught]:
        """What is written now. The place stays: only the timeline says what was all.

        What is held when the line breaks stands in no cursor yet, so the timeline gives it.
        """
        held: list[Heard] = []
        gone: list[Gone] = []
        given_at = clock.monotonic()
        for name, data in events:
            if stop.is_set():
                return
            post = self._told(name, data, place)
            held += [post] if post else []
            gone += [Gone(NETWORK, ref=data[:LONGEST_REF])] if name == "delete" and data else []
            if not name or clock.monotonic() - given_at >= self._followed.holds:
                yield Caught(tuple(held), place.closed(), gone=tuple(gone))
                held, gone, given_at = [], [], clock.monotonic()

    def _told(self, name: str, data: str, place: Place) -> Heard | None:
        """The post of an event: a new one, or one whose author changed it."""
        if name == "update":
            return place.take(_status(data), self._home)
        return place.take_again(_status(data), self._home) if name == "status.update" else None

    @contextmanager
    def _streamed(self) -> Iterator[Iterator[tuple[str, str]] | None]:
        """The line of the stream as events; None at a server that has none for us.

        It ends by itself after a while. Raises `ConnectorError` when it breaks before.
        """
        url = f"{self._streaming_host()}/api/v1/streaming/{self._followed.stream}"
        options: dict[str, Any] = {
            "params": dict(self._followed.stream_asks),
            "headers": {**self._headers, "accept": "text/event-stream"},
            "extensions": {"deadline": STREAM_SECONDS},
            "timeout": httpx.Timeout(self._mute, connect=http.CONNECT_SECONDS),
        }
        began = clock.monotonic()
        try:
            with self._http.stream("GET", url, **options) as response:
                refuse_failed(url, response)
                # A token that is refused here may open the timeline, which has the last word.
                yield events_of(response.iter_bytes()) if response.is_success else None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if clock.monotonic() - began >= STREAM_SECONDS - 1:
                return
            if isinstance(error, httpx.ReadTimeout):
                raise ConnectorError(f"{url}: {no_sign(self._mute)}") from error
            raise failed(url, error) from error

    def _streaming_host(self) -> str:
        """Where the streams are: here, or where the server sends us, over a line no less safe."""
        url = f"{self._server}/api/v1/streaming"
        response = ask(self._http, url)
        if not response.has_redirect_location:
            return self._server
        there = urlsplit(urljoin(url, response.headers["location"]))
        if there.scheme not in ("https", urlsplit(self._server).scheme):
            raise ConnectorError(f"{url}: its streams are at an address that is not safe")
        return f"{there.scheme}://{there.netloc}"


def events_of(pieces: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    """Names and data of server-sent events; a heartbeat comes as an event without a name.

    Source: html.spec.whatwg.org, 9.2; Mastodon sends one line of data an event.
    """
    name, rest = "", b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > MOST_LINE:
            raise ConnectorError("an event without an end")
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip("\r")
            if text.startswith(":"):
                yield "", ""
            elif text.startswith("event:"):
                name = text.removeprefix("event:").strip()
            elif text.startswith("data:"):
                yield name, text.removeprefix("data:").strip()
                name = ""


def _status(data: str) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
