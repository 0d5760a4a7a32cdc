"""Everything that is written at a loopback network, also by people who call nobody.

No account is needed. The network numbers what happens without a gap, so the cursor is a number
and there is no overlap to read again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec

from harken.connectors.loopback.parse import url_of
from harken.connectors.loopback.text import spans
from harken.connectors.loopback.wire import FirehosePage, Post
from harken.kit import http
from harken.kit.asking import ask
from harken.kit.connector import ConnectorError, SpanKind
from harken.kit.heard import Heard
from harken.kit.source import Caught, Cursor, going_on
from harken.kit.source_kinds import Setting, SourceKind, web
from harken.kit.text import storable

EVERY = 0.25  # seconds between two looks
PAGE = 500  # posts
LONGEST_TEXT = 20_000  # characters


class Firehose:
    """All posts of the network at `service`, such as `http://127.0.0.1:7000`."""

    def __init__(self, service: str, *, every: float = EVERY) -> None:
        self._service = service.rstrip("/")
        self._url = f"{self._service}/firehose"
        self._every = every
        self._http = http.client(deadline=5.0)

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """See `Source`."""
        return going_on(self._turn, cursor, stop, self._every)

    def _turn(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        while not stop.is_set():
            page = self._page(cursor)
            goes_on = str(page.cursor) != cursor
            cursor = str(page.cursor)
            yield Caught(tuple(_heard(post, self._service) for post in page.posts), cursor)
            if not goes_on or not page.posts:
                return

    def _page(self, cursor: Cursor) -> FirehosePage:
        asked: dict[str, str | int] = {"limit": PAGE}
        if cursor and cursor.isdecimal():
            asked["after"] = cursor
        response = ask(self._http, self._url, params=asked)
        if not response.is_success:
            raise ConnectorError(f"{self._url}: HTTP {response.status_code}")
        try:
            return msgspec.json.decode(response.content, type=FirehosePage)
        except msgspec.DecodeError as error:
            raise ConnectorError(f"{self._url}: no posts: {error}") from error


def _heard(post: Post, service: str) -> Heard:
    links = [span.text for span in spans(post.text) if span.kind is SpanKind.LINK]
    return Heard(
        network="loopback",
        uri=post.id,
        author=post.author.handle,
        text=storable(post.text, LONGEST_TEXT),
        lang=storable(post.lang, 35),
        sent_at=post.at,
        links=tuple(dict.fromkeys(links)),
        pictures=len(post.images),
        reach=post.author.followers,
        url=url_of(post, service),
    )


KINDS = (
    SourceKind(
        kind="loopback",
        label="Loopback, everything",
        about="Every post of the practice network that comes with Harken, for trying things out.",
        settings=(
            Setting(
                "service",
                "Address",
                "Where the loopback network listens, e.g. http://127.0.0.1:7000",
                keeps_place=True,
                check=web,
            ),
        ),
        make=lambda given, _: Firehose(given["service"]),
        remedy="The address leads nowhere we may go. Check it; a host inside your own network must "
        "be named in HARKEN_PRIVATE_HOSTS.",
    ),
)
