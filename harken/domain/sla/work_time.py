"""Business hours for people who write a moment, as in `next business day`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from harken.domain.conversations.models import Conversation
from harken.domain.sla import clock
from harken.domain.sla.calendars import hours_of
from harken.domain.sla.clock import Hours
from harken.domain.sla.models import AppliedSLA, HoursVersion

OFFICE = (9 * 60, 17 * 60)  # minutes; where nobody has written down when they work


class WorkTime:
    """What `harken.kit.moments` asks of business hours."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours

    def after(self, start: datetime, seconds: float) -> datetime:
        """The moment when so many seconds of business time from `start` are over."""
        return clock.due(start, seconds, self._hours)

    def opening(self, after: date) -> datetime:
        """When work begins on the first business day after that local day."""
        next_day = datetime.combine(after + timedelta(days=1), time(), self._hours.zone)
        return next(clock.slices(self._hours, next_day))[0]


def work_time_of(conversation: Conversation, zone: tzinfo) -> WorkTime:
    """The hours its promise counts by, else the house's first, else weekdays 9 to 17 in `zone`."""
    promised = AppliedSLA.objects.filter(conversation=conversation, hours__isnull=False)
    version = promised.order_by("-pk").values_list("hours", flat=True).first() or _first_hours()
    if version is not None:
        return WorkTime(hours_of(version))
    week = tuple((OFFICE,) if day < 5 else () for day in range(7))
    return WorkTime(Hours(zone, week, lambda _day: False))


def hours_in_force(conversation: Conversation) -> Hours | None:
    """The newest version of the hours its promise counts by, else of the house's first.

    None where nobody has written down when they work.
    """
    promised = AppliedSLA.objects.filter(conversation=conversation, hours__isnull=False)
    named = promised.order_by("-pk").values_list("hours__hours", flat=True).first()
    newest = HoursVersion.objects.filter(hours=named).order_by("-number")
    version = newest.values_list("pk", flat=True).first() or _first_hours()
    return None if version is None else hours_of(version)


def house_zone() -> ZoneInfo | None:
    """The zone of the house's first business hours; None where there are none."""
    version = _first_hours()
    return None if version is None else ZoneInfo(HoursVersion.objects.get(pk=version).zone)


def _first_hours() -> int | None:
    in_use = HoursVersion.objects.filter(hours__retired_at=None)
    return in_use.order_by("hours_id", "-number").values_list("pk", flat=True).first()
