"""When quiet hours end: local time, also on the days when clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def quiet_until(moment: datetime, zone: str, starts: int, ends: int) -> datetime | None:
    """The end (UTC) of the quiet hours that `moment` (aware) is in; None outside of them.

    `starts` and `ends` are minutes from local midnight; an end before the start is on the next day.
    """
    place = ZoneInfo(zone)
    today = moment.astimezone(place).date()
    for first in (today - DAY, today):
        begin = _at(first, starts, place)
        end = _at(first + DAY if ends < starts else first, ends, place)
        if begin <= moment < end:
            return end
    return None


def _at(day: date, minute: int, place: ZoneInfo) -> datetime:
    local = datetime.combine(day, time(minute // 60, minute % 60), place)
    return local.astimezone(UTC)
