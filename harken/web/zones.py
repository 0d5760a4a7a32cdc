"""In which time zone a person lives: what they chose, else what their browser says."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest

COOKIE = "zone"  # written by static/js/page.js


def zone_of(request: HttpRequest) -> ZoneInfo | None:
    """The zone of who asks; None when neither they nor their browser said one."""
    chosen = getattr(request.user, "zone", "") or request.COOKIES.get(COOKIE, "")
    return ZoneInfo(chosen) if chosen in zone_names() else None


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The zones to choose from, by name: places, not abbreviations."""
    places = {name for name in available_timezones() if "/" in name}
    strange = ("Etc/", "SystemV/", "posix/", "right/")
    return (*sorted(name for name in places if not name.startswith(strange)), "UTC")
