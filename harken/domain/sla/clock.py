"""Business time: which seconds count, when so many of them are over, how many went by.

Pure arithmetic, all of it in UTC. A moment counts when its local wall time lies in one of the
day's intervals and the day is not off. A UTC day is cut where the zone's offset changes; in each
piece the wall clock runs evenly, so an interval is one slice of it. An hour that happens twice
counts twice, one that does not happen counts nothing, as on the wall clock of whoever works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
FULL_DAY = 24 * 60  # minutes; where an interval may end
LONGEST_LOOK = 5 * 366  # days; so long may business hours be closed in one piece, and no longer

Interval = tuple[int, int]
Slice = tuple[datetime, datetime]


class NeverOpen(ValueError):
    """There is no business time within five years."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Business hours of one zone.

    `week` has seven entries, Monday first, each with intervals in minutes from local midnight
    (start included, end not, up to 1440), in order and apart. `is_off` says whether a local day
    does not count at all.
    """

    zone: tzinfo
    week: tuple[tuple[Interval, ...], ...]
    is_off: Callable[[date], bool]


def due(start: datetime, seconds: float, hours: Hours | None) -> datetime:
    """The moment when `seconds` of service time from `start` (aware) are over, in UTC.

    `hours` None: every second counts. Raises `NeverOpen`.
    """
    left = timedelta(seconds=seconds)
    start = start.astimezone(UTC)
    if hours is None or not left:
        return start + left
    for begin, end in slices(hours, start):
        if left <= end - begin:
            return begin + left
        left -= end - begin
    raise NeverOpen("these business hours are never open")


def elapsed(start: datetime, end: datetime, hours: Hours | None) -> float:
    """Seconds of service time from `start` to `end` (aware); 0 when `end` is not later."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return 0.0
    if hours is None:
        return (end - start).total_seconds()
    total = timedelta()
    for opens, closes in slices(hours, start):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total.total_seconds()


def slices(hours: Hours, start: datetime) -> Iterator[Slice]:
    """The stretches of business time from `start` on, in UTC and in order.

    Neighbours may touch. Ends `LONGEST_LOOK` days after the last open stretch.
    """
    day = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    last_open = day
    while day - last_open <= LONGEST_LOOK * DAY:
        for begin, end, offset in _pieces(hours.zone, day):
            for opens, closes in _open_in(hours, begin, end, offset):
                last_open = day
                if closes > start:
                    yield max(opens, start), closes
        day += DAY


def _pieces(zone: tzinfo, day: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """A UTC day in pieces of one offset each."""
    begin, end = day, day + DAY
    while begin < end:
        offset = _offset(zone, begin)
        changes = _change(zone, begin, end) if _offset(zone, end - MINUTE) != offset else end
        yield begin, changes, offset
        begin = changes


def _change(zone: tzinfo, begin: datetime, end: datetime) -> datetime:
    """The first minute in (begin, end) that has another offset than `begin`."""
    offset = _offset(zone, begin)
    same, other = 0, int((end - begin) / MINUTE) - 1
    while other - same > 1:
        middle = (same + other) // 2
        if _offset(zone, begin + middle * MINUTE) == offset:
            same = middle
        else:
            other = middle
    return begin + other * MINUTE


def _offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _open_in(hours: Hours, begin: datetime, end: datetime, offset: timedelta) -> Iterator[Slice]:
    """The open slices of a piece in which the local clock is `offset` ahead of UTC."""
    local = (begin + offset).date()
    last = (end + offset - MINUTE).date()
    while local <= last:
        if not hours.is_off(local):
            midnight = datetime(local.year, local.month, local.day, tzinfo=UTC) - offset
            for first, until in hours.week[local.weekday()]:
                opens = max(midnight + first * MINUTE, begin)
                closes = min(midnight + until * MINUTE, end)
                if opens < closes:
                    yield opens, closes
        local += DAY
