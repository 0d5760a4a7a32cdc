"""Stored business hours as the arithmetic takes them, and their holidays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from harken.domain.sla.clock import Hours
from harken.domain.sla.models import HoursVersion


@lru_cache(maxsize=256)
def hours_of(version: int) -> Hours:
    """The hours of a version (its id). A version never changes, so the answer is kept.

    Raises `HoursVersion.DoesNotExist`.
    """
    return as_hours(HoursVersion.objects.get(pk=version))


def as_hours(version: HoursVersion) -> Hours:
    """A version, stored or not, as `Hours`. Raises `KeyError` family for an unknown zone."""
    week = tuple(tuple((int(start), int(end)) for start, end in day) for day in version.week)
    return Hours(ZoneInfo(version.zone), week, off_days(version))


def off_days(version: HoursVersion) -> Callable[[date], bool]:
    """Whether a local day is off: one of the house's own, or a public holiday."""
    own = frozenset(version.days_off)

    def is_off(day: date) -> bool:
        return day in own or day in public_holidays(version.country, version.subdivision, day.year)

    return is_off


@lru_cache(maxsize=512)
def public_holidays(country: str, subdivision: str, year: int) -> dict[date, str]:
    """Public holidays and their names; none for an empty country.

    `country` and `subdivision` are keys of the `holidays` package. Raises `NotImplementedError`
    when it does not know them.
    """
    if not country:
        return {}
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    return {day: name for day, name in sorted(found.items()) if day.year == year}
