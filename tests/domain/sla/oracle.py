"""Business time counted minute by minute: slow, and too simple to be wrong.

Written apart from `harken.domain.sla.clock` and sharing nothing with it: each minute of UTC is
asked for its wall time, and that is looked up in the intervals.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


class Calendar:
    """Intervals as pairs of "HH:MM" texts per weekday (Monday first) and days that are off."""

    def __init__(self, zone: str, week: list[list[tuple[str, str]]], off: set[date]) -> None:
        self.zone = ZoneInfo(zone)
        self.week = week
        self.off = off
        self._days: dict[date, list[bool]] = {}

    def counts(self, minute: datetime) -> bool:
        """Whether the minute that begins at this UTC moment is business time."""
        day = minute.date()
        if day not in self._days:
            first = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)  # noqa: UP017
            self._days[day] = [self._look(first + n * MINUTE) for n in range(1440)]
        return self._days[day][minute.hour * 60 + minute.minute]

    def _look(self, minute: datetime) -> bool:
        wall = minute.astimezone(self.zone)
        if wall.date() in self.off:
            return False
        at = f"{wall.hour:02}:{wall.minute:02}"
        return any(start <= at < end for start, end in self.week[wall.weekday()])

    def due(self, start: datetime, seconds: int) -> datetime:
        """When `seconds` of business time after `start` have been counted off."""
        left = seconds
        minute = start.astimezone(UTC).replace(second=0, microsecond=0)
        while True:
            if self.counts(minute):
                begin = max(start, minute)
                there = int((minute + MINUTE - begin).total_seconds())
                if left <= there:
                    return begin + timedelta(seconds=left)
                left -= there
            minute += MINUTE

    def elapsed(self, start: datetime, end: datetime) -> int:
        """How many seconds between the two count."""
        total = 0
        minute = start.astimezone(UTC).replace(second=0, microsecond=0)
        while minute < end:
            if self.counts(minute):
                total += int((min(end, minute + MINUTE) - max(start, minute)).total_seconds())
            minute += MINUTE
        return total
