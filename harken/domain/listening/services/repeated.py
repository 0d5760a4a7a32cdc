"""What each monitor's people repeat: their posts of the last hour, held against each other.

Which texts were said is remembered by this process alone and never written down, since posts may be
erased; what it did not hear itself it reads anew. What is usual is kept with the watch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Left

from harken.domain.listening.models import Monitor
from harken.domain.listening.models_storms import MonitorWatch
from harken.domain.listening.queries_storms import hits_of
from harken.domain.listening.queries_trends import who_said
from harken.domain.listening.trends.echoes import WITHIN, Echoes, Spread
from harken.domain.listening.trends.kept import awake_echoes, kept_echoes
from harken.domain.listening.trends.post import Post
from harken.domain.listening.trends.terms import LONGEST

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Minute:
    """What a minute's posts repeat: whether a text began to spread, and the one most people say."""

    spreads: bool = False
    spread: Spread | None = None


@dataclass(frozen=True, slots=True)
class _Memory:
    number: int  # of the monitor's version
    read_to: datetime
    echoes: Echoes


class Repeated:
    """The echoes of the monitors this process watches."""

    def __init__(self) -> None:
        self._memories: dict[int, _Memory] = {}

    def hear(self, row: MonitorWatch, end: datetime, *, anything: bool) -> Hearing:
        """The minutes of a watch from where it was read to until `end`; `anything`: not all are
        silent. Nothing is remembered before `keep`."""
        known = self._memories.get(row.pk)
        if known and (known.number, known.read_to) == (row.number, row.read_to):
            echoes = known.echoes
        else:
            echoes = awake_echoes((row.state or {}).get("echoes", {}))
            if anything:
                _catch_up(echoes, row)
        posts = _posts(row.monitor, row.read_to, end) if anything else ()
        return Hearing(echoes, posts)

    def keep(self, row: MonitorWatch, hearing: Hearing) -> None:
        """A watch was read up to where its row says now."""
        oldest = row.read_to - WITHIN
        self._memories = {
            pk: each for pk, each in self._memories.items() if each.read_to >= oldest
        } | {row.pk: _Memory(row.number, row.read_to, hearing.echoes)}


class Hearing:
    """Some minutes of one watch, to be asked for in their order."""

    def __init__(self, echoes: Echoes, posts: Iterable[Post]) -> None:
        self.echoes = echoes
        self._minutes: dict[datetime, list[Post]] = defaultdict(list)
        for post in posts:
            self._minutes[post.at.replace(second=0, microsecond=0)].append(post)

    def minute(self, start: datetime) -> Minute:
        """Take in the posts of the minute that began at `start`."""
        spreads, largest = False, None
        for post in self._minutes.pop(start, ()):
            echo = self.echoes.hear(post)
            if echo is not None and echo.spreading:
                spreads = spreads or echo.just_spread
                if largest is None or echo.people >= largest.people:
                    largest = echo
        self.echoes.end(MINUTE)
        return Minute(spreads, largest.spread if largest else None)

    def usual(self) -> dict[str, object]:
        """What is usual, to be kept with the watch."""
        return kept_echoes(self.echoes)


def _catch_up(echoes: Echoes, row: MonitorWatch) -> None:
    """Hear the hour before again; how large its echoes were is known already."""
    today = echoes.today
    for post in _posts(row.monitor, row.read_to - WITHIN, row.read_to):
        echoes.hear(post)
    echoes.today = today


def _posts(monitor: Monitor, since: datetime, until: datetime) -> Iterator[Post]:
    hits = hits_of(monitor).filter(sent_at__gte=since, sent_at__lt=until).exclude(mention=None)
    rows = hits.order_by("sent_at", "pk").values_list(
        "mention", "sent_at", "network", "mention__author", Left("mention__text", LONGEST)
    )
    for mention, at, network, author, text in rows.iterator():
        yield Post(str(mention), at, who_said(network, author), text)
