"""Reading a newest-first list so that nothing is missed and little is read twice.

Bluesky sorts notifications and search results by the earlier of two times: when the author says
the post was written and when it was indexed. A post from a slow phone therefore appears *below*
posts we have already seen. So each walk starts at the top again, takes everything on the first
page that the last walk did not meet, and goes on to older pages until it is an overlap behind the
newest post of the last walk. What the last walk met is remembered by short hashes, not times.

A walk over many pages (after an outage) is continued by the next read: its place is in the cursor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from harken.kit.source import short

OVERLAP = timedelta(seconds=90)  # how late the network may list a post among newer ones
RECENT = timedelta(hours=24)  # how far the very first walk goes back


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry of a list: the post's id and the time the list is sorted by."""

    uri: str
    at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Trail:
    """Where we are in one list. `page` is the place in an unfinished walk, empty between walks."""

    mark: str = ""
    seen: tuple[str, ...] = ()
    page: str = ""
    top: str = ""
    met: tuple[str, ...] = ()

    @property
    def walking(self) -> bool:
        """An earlier read stopped between two pages."""
        return bool(self.page)

    def advance(
        self, hits: Sequence[Hit], next_page: str, now: datetime
    ) -> tuple[list[Hit], Trail]:
        """Take one page in; returns the posts to look at and the trail after it."""
        first = not self.page
        floor = self._floor(now)
        known = set(self.seen) | set(self.met)
        recent = [hit for hit in hits if hit.at is None or hit.at >= floor]
        candidates = hits if first and self.mark else recent
        fresh = [hit for hit in candidates if short(hit.uri) not in known]
        kept = hits if first else recent
        met = tuple(dict.fromkeys((*self.met, *(short(hit.uri) for hit in kept))))
        times = [hit.at for hit in hits if hit.at is not None]
        top = max([*times, *_time(self.top)], default=None)
        walked = replace(self, top=_text(top), met=met, page=next_page)
        oldest = min(times, default=None)
        if next_page and next_page != self.page and (oldest is None or oldest >= floor):
            return fresh, walked
        return fresh, walked._finished(now)

    def without(self, uris: Iterable[str]) -> Trail:
        """Forget posts that could not be read yet, so that the next walk meets them again."""
        gone = {short(uri) for uri in uris}
        return replace(
            self,
            seen=tuple(code for code in self.seen if code not in gone),
            met=tuple(code for code in self.met if code not in gone),
        )

    def _floor(self, now: datetime) -> datetime:
        for mark in _time(self.mark):
            return mark - OVERLAP
        return now - RECENT

    def _finished(self, now: datetime) -> Trail:
        mark = max([*_time(self.mark), *_time(self.top)], default=now - RECENT)
        return Trail(mark=_text(mark), seen=self.met)

    def saved(self) -> dict[str, Any]:
        """As JSON values, without what is empty."""
        values = {"mark": self.mark, "page": self.page, "top": self.top}
        lists = {"seen": " ".join(self.seen), "met": " ".join(self.met)}
        return {name: value for name, value in {**values, **lists}.items() if value}

    @classmethod
    def restored(cls, values: object) -> Trail:
        """From JSON values; anything odd starts a new trail, which only reads more than needed."""
        if not isinstance(values, dict):
            return cls()
        text = {name: str(values.get(name, "")) for name in ("mark", "page", "top", "seen", "met")}
        return cls(
            mark=text["mark"],
            page=text["page"],
            top=text["top"],
            seen=tuple(text["seen"].split()),
            met=tuple(text["met"].split()),
        )


def _time(text: str) -> list[datetime]:
    try:
        return [datetime.fromisoformat(text)] if text else []
    except ValueError:
        return []


def _text(time: datetime | None) -> str:
    return time.isoformat() if time else ""
