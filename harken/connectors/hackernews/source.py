"""Reading Hacker News through its search, by date.

Source: hn.algolia.com/api, `search_by_date`: hits newest first, `query` (empty: everything),
`tags` (in brackets: any of them), `numericFilters` on `created_at_i` (Unix seconds), `hitsPerPage`
and `page`. A search gives its first 1,000 hits and no more, so an outage is walked back by time:
each search asks for what is not newer than the oldest hit of the one before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from harken.kit import clock, http
from harken.kit.asking import ask, json_of
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.markup import plain, web_address
from harken.kit.source import MOST_TEXT, Caught, Cursor, Met, closed, going_on, number, opened
from harken.kit.source_kinds import Setting, SourceKind, web
from harken.kit.text import storable

SERVICE = "https://hn.algolia.com"
EVERY = 60.0  # seconds between two looks
HITS = 100  # of one search
OVERLAP = 1800  # seconds: the index learns of an item late, seldom by more than minutes
LONGEST_NAME = 100


@dataclass(slots=True)
class Place:
    """How far the walks have come.

    Everything up to `mark` was given. A walk back in time that is not finished stands at `below`,
    and `top` is the newest it met.
    """

    mark: int
    start: int
    top: int = 0
    below: int = 0
    met: Met = field(default_factory=Met)

    @classmethod
    def opened(cls, cursor: Cursor) -> Place:
        """From a cursor; without one, now."""
        values = opened(cursor)
        now = int(clock.now().timestamp())
        mark = number(values.get("mark")) or now
        start = number(values.get("start")) if values.get("mark") else now
        top, below = number(values.get("top")), number(values.get("below"))
        return cls(mark, start, top, below, Met(values.get("met"), max(mark, top)))

    @property
    def floor(self) -> int:
        """The oldest second that is looked at."""
        return max(self.mark - OVERLAP, self.start)

    def finish(self) -> None:
        """The walk arrived at what was known."""
        self.mark, self.top, self.below = max(self.mark, self.top), 0, 0
        self.met.forget(self.mark - 2 * OVERLAP)

    def closed(self) -> str:
        """The cursor to store."""
        return closed(
            mark=self.mark, start=self.start, top=self.top, below=self.below, met=self.met.saved()
        )


class HackerNews:
    """Stories and comments that a `search` finds; an empty one finds all of them."""

    def __init__(self, search: str = "", *, service: str = SERVICE, every: float = EVERY) -> None:
        self._search = search
        self._service = service.rstrip("/")
        self._every = every
        self._http = http.client()

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """See `Source`."""
        return going_on(self._walk, cursor, stop, self._every)

    def _walk(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """From the newest hit back to what is known."""
        place = Place.opened(cursor)
        while not stop.is_set():
            hits = self._hits(place)
            times = [number(hit.get("created_at_i")) for hit in hits]
            fresh = [
                post
                for hit, at in zip(hits, times, strict=True)
                if (post := _heard(hit, at)) and place.met.is_new(post.uri, at)
            ]
            place.top = max([place.top, *times])
            oldest = min(times, default=0)
            # A full page of one and the same second cannot be walked past by time.
            goes_on = len(hits) == HITS and oldest != place.below
            place.below = oldest if goes_on else 0
            if not goes_on:
                place.finish()
            yield Caught(tuple(fresh), place.closed())
            if not goes_on:
                return

    def _hits(self, place: Place) -> list[dict[str, Any]]:
        wanted = f"created_at_i>={place.floor}"
        if place.below:
            wanted += f",created_at_i<={place.below}"
        asked: dict[str, str | int] = {
            "query": self._search,
            "tags": "(story,comment)",
            "numericFilters": wanted,
            "hitsPerPage": HITS,
        }
        url = f"{self._service}/api/v1/search_by_date"
        answer = json_of(ask(self._http, url, params=asked))
        hits = answer.get("hits") if isinstance(answer, dict) else None
        if not isinstance(hits, list):
            raise ConnectorError(f"{url}: an answer without hits")
        return [hit for hit in hits if isinstance(hit, dict)]


def _heard(hit: dict[str, Any], at: int) -> Heard | None:
    """A hit as a post; None for one without an id, a time or words."""
    id_ = hit.get("objectID")
    said, links = plain(_text(hit, "comment_text") or _text(hit, "story_text"))
    # A hit also names the story a comment stands below, in fields of their own.
    text = f"{_text(hit, 'title')}\n\n{said}".strip()
    if not isinstance(id_, str) or not id_.isdigit() or not at or not text:
        return None
    page = web_address(hit.get("url"))
    return Heard(
        network="hackernews",
        uri=f"https://news.ycombinator.com/item?id={id_[:20]}",
        author=storable(_text(hit, "author"), LONGEST_NAME),
        text=storable(text, MOST_TEXT),
        sent_at=datetime.fromtimestamp(min(at, clock.now().timestamp()), UTC),
        links=tuple(dict.fromkeys([page, *links] if page else links)),
    )


def _text(hit: dict[str, Any], name: str) -> str:
    value = hit.get(name)
    return value if isinstance(value, str) else ""


KINDS = (
    SourceKind(
        kind="hackernews",
        label="Hacker News",
        about="Stories and comments of news.ycombinator.com, looked at every minute.",
        settings=(
            Setting(
                "search",
                "Only what this search finds",
                "Empty reads everything, which is some 15 posts a minute.",
                optional=True,
            ),
            Setting(
                "service",
                "Address of the search",
                "Leave it as it is, unless you run your own.",
                default=SERVICE,
                keeps_place=True,
                check=web,
            ),
        ),
        make=lambda given, _: HackerNews(given.get("search", ""), service=given["service"]),
        remedy="The address of the search leads nowhere we may go. Save it as it was given.",
        beat=3 * EVERY,
    ),
)
