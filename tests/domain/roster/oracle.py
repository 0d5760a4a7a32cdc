"""Who is on, found minute by minute: slow, and too simple to be wrong.

Written apart from `harken.domain.roster` and sharing nothing with it. A wall clock on which an hour
comes twice is read as a clock that stands still until the hour is new again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
BEFORE, AFTER = 10, 10  # days around the day asked about


@cache
def wall_clock(zone: str, middle: date) -> dict[datetime, datetime]:
    """What the clock shows in each UTC minute around `middle`; never less than before."""
    place = ZoneInfo(zone)
    minute = datetime(middle.year, middle.month, middle.day, tzinfo=timezone.utc) - BEFORE * DAY  # noqa: UP017
    shown: dict[datetime, datetime] = {}
    latest = minute.astimezone(place).replace(tzinfo=None)
    for _ in range((BEFORE + AFTER) * 24 * 60):
        latest = max(latest, minute.astimezone(place).replace(tzinfo=None))
        shown[minute] = latest
        minute += MINUTE
    return shown


@dataclass
class Turn:
    """One person's shift: the day names and wall times people write down."""

    person: int
    days: set[date]
    begins: timedelta
    lasts: timedelta
    stand_ins: dict[date, int] = field(default_factory=dict)


@dataclass
class Row:
    """A layer."""

    zone: str
    turns: list[Turn]


def who(
    rows: list[Row],
    away: list[tuple[int, datetime, datetime]],
    minute: datetime,
    middle: date,
) -> list[set[int]]:
    """The people of each row with somebody on in this UTC minute."""
    found = []
    for row in rows:
        wall = wall_clock(row.zone, middle)[minute]
        people: set[int] = set()
        for turn in row.turns:
            for day in turn.days:
                midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
                if not midnight + turn.begins <= wall < midnight + turn.begins + turn.lasts:
                    continue
                person = turn.stand_ins.get(day, turn.person)
                if not any(who == person and a <= minute < b for who, a, b in away):
                    people.add(person)
        if people:
            found.append(people)
    return found
