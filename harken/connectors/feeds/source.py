"""Reading a feed again and again, and the comments below what it lists.

A feed is a window: it lists the newest entries only. What falls out of it while nobody reads is
lost to every reader; what is in it is given once. Servers are asked with what they told the last
time (`etag`, `last-modified`: RFC 9110, 13.1), so that an unchanged feed costs them nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import httpx

from harken.connectors.feeds.parse import Document, Entry, document
from harken.kit import clock, http
from harken.kit.asking import ask
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import Caught, Cursor, closed, going_on, opened, short
from harken.kit.source_kinds import Setting, SourceKind, web

EVERY = 300.0  # seconds between two looks
MOST_BYTES = 2 * 1024 * 1024  # of one document
MOST_REDIRECTS = 3
MOST_BELOW = 20  # feeds of comments, those of the newest entries
MOST_KNOWN = 1_000  # entries of one feed that are remembered
NEWS = timedelta(days=7)  # how old an entry may be that a feed lists when it is first read
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Known:
    """What a feed's server told the last time, and which entries were met."""

    etag: str = ""
    modified: str = ""
    met: str = ""
    was_read: bool = False

    @classmethod
    def opened(cls, values: object) -> Known:
        """From JSON values; anything odd counts as a feed never read."""
        said = values if isinstance(values, dict) else {}
        etag, modified, met = (str(said.get(name, "")) for name in ("etag", "modified", "met"))
        return cls(etag, modified, met, was_read=bool(said))

    def closed(self) -> dict[str, str]:
        """As JSON values; empty for a feed never read."""
        said = {"etag": self.etag, "modified": self.modified, "met": self.met}
        return said if self.was_read else {}

    def conditions(self) -> dict[str, str]:
        """The headers that spare an unchanged document."""
        said = {"if-none-match": self.etag, "if-modified-since": self.modified}
        return {name: value for name, value in said.items() if value}

    def fresh(self, entries: list[Entry]) -> list[Heard]:
        """The posts that were not met. Of a feed never read only what is new in the world."""
        met = dict.fromkeys(self.met.split())
        since = None if self.was_read else clock.now() - NEWS
        listed: dict[str, None] = {}
        found = []
        for post, is_dated in entries:
            code = short(post.uri)
            is_new = code not in met and code not in listed
            listed[code] = None
            if is_new and (since is None or (is_dated and post.sent_at >= since)):
                found.append(post)
        self.was_read = True
        self.met = " ".join(list({**listed, **met})[:MOST_KNOWN])
        return found


class Feed:
    """One feed; with `comments` also the feeds of comments that its newest entries name."""

    def __init__(self, url: str, *, comments: bool = False, every: float = EVERY) -> None:
        self._url = url
        self._comments = comments
        self._every = every
        self._http = http.client(most_bytes=MOST_BYTES)

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """See `Source`."""
        return going_on(self._round, cursor, stop, self._every)

    def _round(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """One look at the feed and at those below it."""
        values = opened(cursor)
        said = values.get("feeds")
        feeds = said if isinstance(said, dict) else {}
        below = [str(url) for url in values.get("below", ())]
        known = {url: Known.opened(feeds.get(url)) for url in (self._url, *below)}
        read = self._read(self._url, known[self._url])
        if read is not None and self._comments:
            below = [url for url in read.comments if url != self._url][:MOST_BELOW]
            known = {url: known.get(url) or Known() for url in (self._url, *below)}
        posts = known[self._url].fresh(read.entries) if read else []
        yield Caught(tuple(posts), _cursor(known, below))
        for url in below:
            if stop.is_set():
                return
            posts = self._below(url, known[url])
            yield Caught(tuple(posts), _cursor(known, below))

    def _below(self, url: str, known: Known) -> list[Heard]:
        try:
            read = self._read(url, known, below=True)
        except ConnectorError as error:
            # One closed discussion must not hold up the others; it is looked at again next time.
            log.info("a feed of comments is left out this time: %s", error)
            return []
        return known.fresh(read.entries) if read else []

    def _read(self, url: str, known: Known, *, below: bool = False) -> Document | None:
        """The document at `url`; None when it is what it was."""
        response = self._fetched(url, known.conditions())
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return None
        if not response.is_success:
            raise ConnectorError(f"{url}: HTTP {response.status_code}")
        said = response.headers
        read = document(response.content, said.get("content-type", ""), url, below=below)
        known.etag, known.modified = said.get("etag", ""), said.get("last-modified", "")
        return read

    def _fetched(self, url: str, headers: dict[str, str]) -> httpx.Response:
        """Follows redirects by hand: each address is one a stranger chose, and is checked."""
        for _ in range(MOST_REDIRECTS + 1):
            response = ask(self._http, url, headers=headers)
            if not response.has_redirect_location:
                return response
            url = urljoin(url, response.headers["location"])
        raise ConnectorError(f"{url}: redirected too often")


def _cursor(known: dict[str, Known], below: list[str]) -> str:
    feeds: dict[str, Any] = {url: each.closed() for url, each in known.items()}
    return closed(feeds=feeds, below=below)


KINDS = (
    SourceKind(
        kind="feed",
        label="RSS or Atom feed",
        about="A news site, a blog or a forum that offers a feed; looked at every 5 minutes.",
        settings=(
            Setting(
                "url", "Address of the feed", "Such as https://news.example.org/rss", check=web
            ),
            Setting(
                "comments",
                "Comments below what it lists",
                "Where the feed names its feeds of comments, as most blogs do.",
                default="no",
                keeps_place=True,
                choices=(("no", "Leave them out"), ("yes", "Read them too")),
            ),
        ),
        make=lambda given, _: Feed(given["url"], comments=given.get("comments") == "yes"),
        remedy="The address leads nowhere we may go. Open it in a browser, copy it from there, and "
        "save. A host inside your own network must be named in HARKEN_PRIVATE_HOSTS.",
        beat=3 * EVERY,
    ),
)
