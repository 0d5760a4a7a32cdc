"""From the wall clock of a zone to UTC, for the ends of shifts.

A shift begins at the first moment at which the wall clock shows its time or a later one, and ends
likewise. So in the night in which an hour happens twice whoever is on stays on through both, in
the night that lacks an hour nobody is on twice, and one shift always begins where the other ends.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def moment(zone: tzinfo, day: date, minute: int) -> datetime:
    """The UTC moment at which the wall clock first shows `minute` minutes after midnight of `day`.

    `minute` may lie beyond 1440. Where the clock jumps over that time it is the moment of the jump.
    """
    wall = datetime(day.year, day.month, day.day) + minute * MINUTE  # noqa: DTZ001 - a wall clock
    found = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    return _jump(zone, wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found)


def _jump(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The first second in (before, after] with the offset of `after`."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + int((after - before) / SECOND) // 2 * SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
