"""Reading a hashtag: the timeline from where we were, and the stream while it lasts.

Source: docs.joinmastodon.org, `GET /api/v1/timelines/tag/:hashtag` (`min_id` gives the statuses
immediately newer than an id, 40 at most, so that an outage is read forwards page by page) and
`GET /api/v1/streaming/hashtag` (server-sent events, no replay). Statuses of other servers are given
ids by the time they were written, so that one that arrives late stands below those already read:
each reading begins an overlap early.

The stream is opened first and the timeline read then: what comes in between waits in the line.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from harken.connectors.mastodon.place import PAGE, Place, id_of, refuse_token
from harken.connectors.mastodon.search import Search
from harken.kit import clock, http
from harken.kit.asking import ask, failed, json_of, refuse_failed
from harken.kit.connector import ConnectorError
from harken.kit.source import Caught, Cursor, going_on
from harken.kit.source_kinds import Setting, SourceKind, hashtag, web

EVERY = 20.0  # seconds between two looks where there is no stream
STREAM_SECONDS = 300.0  # of one line; then the timeline is read again
MOST_LINE = 1024 * 1024  # bytes of one event
MOST_STREAM = 64 * 1024 * 1024  # bytes of one line


class Hashtag:
    """Public posts with one `tag` (without the #) that a server knows of.

    `token` is an application's or account's, where the server wants one; without it most servers
    show the timeline and refuse the stream, and the timeline is looked at every `every` seconds.
    """

    def __init__(self, server: str, tag: str, *, token: str = "", every: float = EVERY) -> None:
        self._server = server.rstrip("/")
        self._home = urlsplit(server).netloc
        self._tag = tag.removeprefix("#")
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._every = every
        self._http = http.client(most_bytes=MOST_STREAM)

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """See `Source`."""
        # A stream has its own end; without one the pause is between two looks.
        return going_on(self._round, cursor, stop, self._every if not self._headers else 0.0)

    def _round(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        place = Place.opened(cursor)
        if not self._headers:
            yield from self._timeline(place, stop)
            return
        with self._streamed() as events:
            yield from self._timeline(place, stop)
            if events is None:
                stop.wait(self._every)
            else:
                yield from self._live(events, place, stop)

    def _timeline(self, place: Place, stop: threading.Event) -> Iterator[Caught]:
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
        url = f"{self._server}/api/v1/timelines/tag/{quote(self._tag, safe='')}"
        params: dict[str, str | int] = {"min_id": str(behind), "limit": PAGE}
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
        """What is written now. The place stays: only the timeline says what was all."""
        for name, data in events:
            if stop.is_set():
                return
            post = place.take(_status(data), self._home) if name == "update" else None
            yield Caught((post,) if post else (), place.closed())

    @contextmanager
    def _streamed(self) -> Iterator[Iterator[tuple[str, str]] | None]:
        """The line of the stream as events; None at a server that has no streams.

        It ends by itself after a while. Raises `ConnectorError` when it breaks before.
        """
        url = f"{self._server}/api/v1/streaming/hashtag"
        options: dict[str, Any] = {
            "params": {"tag": self._tag},
            "headers": {**self._headers, "accept": "text/event-stream"},
            "extensions": {"deadline": STREAM_SECONDS},
            "timeout": httpx.Timeout(STREAM_SECONDS, connect=http.CONNECT_SECONDS),
        }
        began = clock.monotonic()
        try:
            with self._http.stream("GET", url, **options) as response:
                refuse_failed(url, response)
                refuse_token(url, response)
                yield _events(response.iter_bytes()) if response.is_success else None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if clock.monotonic() - began < STREAM_SECONDS - 1:
                raise failed(url, error) from error


def _events(pieces: Iterator[bytes]) -> Iterator[tuple[str, str]]:
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


KINDS = (
    SourceKind(
        kind="mastodon-hashtag",
        label="Mastodon, a hashtag",
        about="Public posts with one hashtag that a Mastodon server knows of, its own and others'.",
        settings=(
            Setting("server", "Server", "Such as mastodon.example", check=web),
            Setting("tag", "Hashtag", "One word, with or without the #.", check=hashtag),
            Setting(
                "token",
                "Access token",
                "Of an application of that server. Without one the hashtag is looked at every 20 "
                "seconds; some servers show nothing to strangers.",
                optional=True,
                secret=True,
            ),
        ),
        make=lambda given, token: Hashtag(given["server"], given["tag"], token=token),
        remedy="The server refuses what we gave it. Make a new access token there, under "
        "Preferences, Development, and save it below; and check the server's address.",
    ),
    SourceKind(
        kind="mastodon-search",
        label="Mastodon, a search",
        about="Public posts that a Mastodon server's search finds, looked at every minute.",
        settings=(
            Setting("server", "Server", "Such as mastodon.example", check=web),
            Setting("words", "Search for", "Words, or a sentence in quotes."),
            Setting(
                "token",
                "Access token",
                "Of an account of that server, with the scope read:search. A server finds what its "
                "authors allow to be found.",
                secret=True,
            ),
        ),
        make=lambda given, token: Search(given["server"], given["words"], token=token),
        remedy="The server refuses what we gave it. Make a new access token there, under "
        "Preferences, Development, with the scope read:search, and save it below.",
        beat=180.0,
    ),
)
