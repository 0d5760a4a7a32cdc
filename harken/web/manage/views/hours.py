"""The form of business hours: several spans a day, holidays of a country, the versions so far."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from zoneinfo import available_timezones

import holidays
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.people.models import Role
from harken.domain.sla.models import BusinessHours, HoursVersion
from harken.domain.sla.queries import days_off_ahead, hours_in_use, newest_version
from harken.domain.sla.services import hours as opening
from harken.domain.sla.services.hours import Opening
from harken.domain.sla.written import DAYS, read_day, read_days, write_day
from harken.kit import clock
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import Request, page

MANAGERS = (Role.LEAD, Role.MANAGER)
USUAL = {f"day-{number}": "09:00-12:30, 13:00-17:30" for number in range(5)}


@page(*MANAGERS)
def new_hours(request: Request) -> HttpResponse:
    """A form with the usual working week."""
    return _form(request, None, USUAL | {"zone": "Europe/Amsterdam", "country": "NL"})


@page(*MANAGERS, method="POST")
def add_hours(request: Request) -> HttpResponse:
    """Make business hours; what is wrong is said above the form."""
    try:
        made = opening.add_hours(_opening(request), by=request.user)
    except Refusal as refusal:
        return _form(request, None, _typed(request), refusal)
    return _done(request, f"“{made.name}” can be chosen in a promise now.")


@page(*MANAGERS)
def hours(request: Request, pk: int) -> HttpResponse:
    """The form of one calendar, the days off ahead and its versions."""
    found = _hours(pk)
    return _form(request, found, _said(found, newest_version(found)))


@page(*MANAGERS, method="POST")
def save_hours(request: Request, pk: int) -> HttpResponse:
    """Make the next version; running clocks keep theirs."""
    found = _hours(pk)
    try:
        opening.change_hours(found, _opening(request), by=request.user)
    except Refusal as refusal:
        return _form(request, found, _typed(request), refusal)
    number = newest_version(found).number
    return _done(request, f"Version {number} counts from now on. Clocks that run keep theirs.")


@page(*MANAGERS, method="POST")
def retire_hours(request: Request, pk: int) -> HttpResponse:
    """Take business hours out of the list."""
    found = _hours(pk)
    try:
        opening.retire_hours(found, by=request.user)
    except Refusal as refusal:
        return _form(request, found, _said(found, newest_version(found)), refusal)
    return _done(request, f"“{found.name}” is gone from the list.")


# --- pieces ----------------------------------------------------------------------------------


def _form(
    request: Request,
    found: BusinessHours | None,
    typed: dict[str, Any],
    refusal: Refusal | None = None,
) -> HttpResponse:
    newest = newest_version(found) if found else None
    today = clock.now().date()
    countries = sorted(holidays.list_supported_countries(include_aliases=False))
    context = screen.frame_context(request) | {
        "hours": found,
        "typed": defaultdict(str, typed),
        "days": [(f"day-{number}", name) for number, name in enumerate(DAYS)],
        "zones": sorted(zone for zone in available_timezones() if "/" in zone),
        "countries": [("", "none")] + [(code, code) for code in countries],
        "ahead": days_off_ahead(newest, today) if newest else [],
        "versions": list(found.versions.select_related("made_by")) if found else [],
        "refusal": str(refusal) if refusal else "",
    }
    response = screen.render(request, "manage/hours.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _said(found: BusinessHours, version: HoursVersion) -> dict[str, Any]:
    spans = {f"day-{number}": write_day(day) for number, day in enumerate(version.week)}
    return spans | {
        "name": found.name,
        "zone": version.zone,
        "country": version.country,
        "subdivision": version.subdivision,
        "days_off": "\n".join(day.isoformat() for day in version.days_off),
    }


def _typed(request: HttpRequest) -> dict[str, Any]:
    return {name: str(value) for name, value in request.POST.items()}


def _opening(request: HttpRequest) -> Opening:
    asked = request.POST
    return Opening(
        name=asked.get("name", ""),
        zone=asked.get("zone", ""),
        week=[read_day(asked.get(f"day-{number}", ""), day) for number, day in enumerate(DAYS)],
        country=asked.get("country", ""),
        subdivision=asked.get("subdivision", "").strip().upper(),
        days_off=read_days(asked.get("days_off", "")),
    )


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("manage:promises"))


def _hours(pk: int) -> BusinessHours:
    return get_object_or_404(hours_in_use(), pk=pk)
