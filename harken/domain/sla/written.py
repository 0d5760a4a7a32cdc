"""How people write durations, business hours and days off, and how they read them again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from harken.domain.sla.clock import FULL_DAY, Interval
from harken.kit.refusals import Invalid

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
LONGEST = 366 * 86400  # seconds of a promise
_DURATION = re.compile(r"(\d{1,8})\s*(s|min|h|d)?")
_INTERVAL = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–]\s*(\d{1,2})[:.](\d{2})")


def read_duration(text: str, what: str) -> int | None:
    """Seconds of `60`, `60 s`, `5 min`, `4 h` or `2 d`; None of nothing. Raises `Invalid`."""
    text = text.strip().lower()
    if not text:
        return None
    found = _DURATION.fullmatch(text)
    seconds = int(found[1]) * UNITS[found[2] or "s"] if found else 0
    if not 0 < seconds <= LONGEST:
        raise Invalid(f"{what}: write a time such as 60 s, 5 min, 4 h or 2 d, a year at most.")
    return seconds


def write_duration(seconds: int | None) -> str:
    """The shortest way to write it: `60 s` up to two minutes, then `5 min`, `4 h`, `2 d`."""
    if seconds is None:
        return ""
    for unit in ("d", "h", "min"):
        if seconds % UNITS[unit] == 0 and seconds > UNITS[unit]:
            return f"{seconds // UNITS[unit]} {unit}"
    return f"{seconds} s"


def read_day(text: str, day: str) -> list[Interval]:
    """Intervals of `9:00-12:30, 13:30-17:00`; none of nothing. Raises `Invalid` naming the day."""
    intervals: list[Interval] = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;\n]", text))):
        found = _INTERVAL.fullmatch(part)
        if not found:
            raise Invalid(f"{day}: “{part[:30]}” is not a time span; write 9:00-17:00.")
        start, end = _minute(found[1], found[2]), _minute(found[3], found[4])
        if not 0 <= start < end <= FULL_DAY:
            raise Invalid(f"{day}: {part} must end after it starts, at 24:00 at the latest.")
        intervals.append((start, end))
    intervals.sort()
    if any(next_[0] < before[1] for before, next_ in pairwise(intervals)):
        raise Invalid(f"{day}: two of the time spans overlap.")
    return intervals


def _minute(hour: str, minute: str) -> int:
    return int(hour) * 60 + int(minute) if int(minute) < 60 else -1


def write_day(intervals: Sequence[Sequence[int]]) -> str:
    """Intervals as people write them: `09:00-12:30, 13:30-17:00`."""
    return ", ".join(f"{_face(start)}-{_face(end)}" for start, end in intervals)


def _face(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def read_days(text: str) -> list[date]:
    """Days of one ISO date a line, what follows the date is ignored. Raises `Invalid`."""
    days = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        try:
            days.append(date.fromisoformat(line[:10]))
        except ValueError:
            raise Invalid(
                f"Own days off: “{line[:30]}” does not begin with a date such as 2026-12-24."
            ) from None
    return sorted(set(days))
