"""How far a server's statuses were read: the newest id, and what the overlap before it holds.

Ids are of Mastodon's own kind, milliseconds and a counter. Statuses of other servers get theirs by
the time they were written, so that one that arrives late stands below those already read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from harken.connectors.mastodon.parse import heard
from harken.kit import clock
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import Cursor, Met, closed, opened

PAGE = 40  # statuses; the server gives no more
OVERLAP = 600_000  # milliseconds
SNOWFLAKE = 16  # bits of an id below its milliseconds


@dataclass(slots=True)
class Place:
    """The newest id read, of Mastodon's own kind: milliseconds and a counter; where all began.

    `top` is the newest that an unfinished walk back in time has met; `overlap`: milliseconds that
    are read again.
    """

    at: int
    start: int
    top: int = 0
    met: Met = field(default_factory=Met)
    overlap: int = OVERLAP

    @classmethod
    def opened(cls, cursor: Cursor, overlap: int = OVERLAP) -> Place:
        """From a cursor; without one, now."""
        values = opened(cursor)
        at = id_of(values.get("at"))
        start = id_of(values.get("start")) if at else _now()
        top = id_of(values.get("top"))
        met = Met(values.get("met"), max(at or start, top) >> SNOWFLAKE)
        return cls(at or start, start, top, met, overlap)

    @property
    def since(self) -> int:
        """The id behind which the timeline is asked for."""
        return max(self.at - (self.overlap << SNOWFLAKE), self.start)

    def take(self, status: object, home: str) -> Heard | None:
        """The post of a status that was not met."""
        post = heard(status, home)
        if post is None or not isinstance(status, dict):
            return None
        id_ = id_of(status.get("id"))
        return post if self.met.is_new(post.uri, max(id_, self.at) >> SNOWFLAKE) else None

    def take_again(self, status: object, home: str) -> Heard | None:
        """The post of a status that its author changed, whether it was met or not."""
        self.take(status, home)
        return heard(status, home)

    def pass_by(self, statuses: list[Any]) -> None:
        """The timeline was read up to these."""
        self.at = max([self.at, *(id_of(s.get("id")) for s in statuses if isinstance(s, dict))])

    def closed(self) -> str:
        """The cursor to store."""
        self.met.forget((self.at >> SNOWFLAKE) - 2 * self.overlap)
        top = str(self.top) if self.top else ""
        return closed(at=str(self.at), start=str(self.start), top=top, met=self.met.saved())


def refuse_token(url: str, response: httpx.Response) -> None:
    """Raise for good when the server wants another token."""
    if response.status_code in (401, 403):
        raise ConnectorError(f"{url}: the server wants another token", permanent=True)


def id_of(value: object) -> int:
    """An id as a number; 0 for anything else."""
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 20 else 0


def _now() -> int:
    return int(clock.now().timestamp() * 1000) << SNOWFLAKE
