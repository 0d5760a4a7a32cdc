"""The roster page: a team's week, what is missing in it, and the forms in its dialogs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import holidays
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.conversations.queries import teams_of
from harken.domain.people.models import Role, Team
from harken.domain.roster.models import Cover, HandoverNote, LayerKind, Reason, Shift
from harken.domain.roster.queries import is_rostered, on_call, on_duty
from harken.domain.roster.queries_week import (
    absences_ahead,
    feeds_of,
    people_of,
    roster_of,
    swaps_asked,
    week_of,
)
from harken.domain.roster.services.permission import may_plan
from harken.domain.sla.models import BusinessHours
from harken.domain.sla.queries import hours_in_use
from harken.domain.sla.written import DAYS, write_day
from harken.kit import clock
from harken.kit.ids import id_in, number_in
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page

PLANNERS = (Role.LEAD, Role.MANAGER)
MIDNIGHT = 1440  # minutes
SHORT = tuple(day[:3] for day in DAYS)


@page(*EVERYBODY)
def roster(request: Request) -> HttpResponse:
    """A team's week; `shift` and `day`, `new` or `away` in the address open a dialog."""
    teams = list(teams_of(request.user))
    if not teams:
        return screen.render(request, "manage/no_roster.html", screen.frame_context(request))
    wanted = request.GET.get("team", "")
    team = next((each for each in teams if each.slug == wanted), None)
    if wanted and team is None:
        raise Http404
    return shown(request, team or teams[0])


def shown(request: Request, team: Team, refusal: Refusal | None = None) -> HttpResponse:
    """The page of a team; after a refusal with its sentence, and the form as it was typed."""
    asked = request.GET if request.method == "GET" else request.POST
    week = week_of(team, read_date(asked.get("week") or asked.get("day")))
    plans = may_plan(request.user, team)
    context = screen.frame_context(request) | {
        "teams": list(teams_of(request.user)),
        "team": team,
        "week": week,
        "short": SHORT,
        "plans": plans,
        "is_rostered": is_rostered(team),
        "on_now": on_duty(team),
        "on_call_now": on_call(team),
        "swaps": list(swaps_asked(team)),
        "absences": list(absences_ahead(team)),
        "zone": ZoneInfo(week.zone),
        "feeds": _addresses(request, team),
        "said": [str(message) for message in messages.get_messages(request)],
        "refusal": str(refusal) if refusal else "",
        "dialog": dialog(request, team, plans=plans),
        **(_planning(team) if plans else {}),
    }
    response = screen.render(request, "manage/roster.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _planning(team: Team) -> dict[str, Any]:
    """What only those see who make the plans."""
    countries = sorted(holidays.list_supported_countries(include_aliases=False))
    return {
        "cover": list(Cover.objects.filter(team=team).select_related("hours")),
        "settings": roster_of(team),
        "hours": [("", "always"), *((str(each.pk), each.name) for each in hours_in_use())],
        "kinds": LayerKind.choices,
        "zones": sorted(zone for zone in available_timezones() if "/" in zone),
        "countries": [("", "none"), *((code, code) for code in countries)],
    }


def _addresses(request: Request, team: Team) -> dict[str, str]:
    feeds = feeds_of(request.user, team)
    return {
        name: request.build_absolute_uri(reverse("calendar", args=[feed.token]))
        for name, feed in feeds.items()
    }


# --- dialogs ---------------------------------------------------------------------------------


def dialog(request: Request, team: Team, *, plans: bool) -> dict[str, Any] | None:
    """What the open dialog shows; None without one. `form` says which it is.

    A refused form is shown again with what was typed.
    """
    asked = request.GET if request.method == "GET" else request.POST
    day = read_date(asked.get("day") or asked.get("since")) or clock.now().date()
    people = list(people_of(team))
    if "away" in asked:
        may_be = people if plans else [request.user]
        typed = _usual_absence(request, day) | asked.dict()
        return {"form": "away", "people": pairs(may_be), "reasons": Reason.choices} | {
            "day": day,
            "typed": typed,
        }
    shift = _asked_shift(asked.get("shift"), team)
    if shift is None and not (plans and "new" in asked):
        return None
    typed = _said(shift) if shift else _usual_shift(asked.get("new", ""))
    if request.method == "POST":
        weekdays = chosen_weekdays(request.POST)
        typed |= asked.dict() | {"weekdays": weekdays}
    return {
        "form": "shift" if plans else "look",
        "shift": shift,
        "day": day,
        "people": pairs(people),
        "typed": typed,
        "is_mine": bool(shift and shift.person_id == request.user.pk and request.user.can_answer),
    }


def _asked_shift(number: str | None, team: Team) -> Shift | None:
    if not number:
        return None
    found = Shift.objects.select_related("layer__team", "person")
    return get_object_or_404(found, pk=id_in(number), layer__team=team, layer__retired_at=None)


def pairs(people: list[Any]) -> list[tuple[str, str]]:
    """People as the options of a select."""
    return [(str(person.pk), str(person)) for person in people]


def _usual_shift(person: str) -> dict[str, Any]:
    usual = {"start": "09:00", "end": "17:00", "last_day": "", "first_day": ""}
    return usual | {"person": person, "layer": "", "weekdays": []}


def _usual_absence(request: Request, day: date) -> dict[str, Any]:
    whole = {"starts": f"{day}T00:00", "ends": f"{day}T23:59"}
    return whole | {"person": str(request.user.pk), "reason": Reason.HOLIDAY.value}


def _said(shift: Shift) -> dict[str, Any]:
    start, _, end = write_day([[shift.start, shift.end % MIDNIGHT]]).partition("-")
    return {
        "person": str(shift.person_id),
        "layer": str(shift.layer_id),
        "start": start,
        "end": end,
        "weekdays": shift.weekdays,
        "last_day": shift.last_day.isoformat() if shift.last_day else "",
    }


@page(*EVERYBODY)
def handover(request: Request) -> HttpResponse:
    """The note for who comes next, and those written before."""
    team = get_object_or_404(teams_of(request.user), slug=request.GET.get("team", ""))
    notes = HandoverNote.objects.filter(team=team).select_related("author")
    context = screen.frame_context(request) | {
        "team": team,
        "notes": list(notes[:10]),
        "said": [str(message) for message in messages.get_messages(request)],
    }
    return screen.render(request, "manage/handover.html", context)


# --- reading what was typed --------------------------------------------------------------------


def read_date(text: str | None) -> date | None:
    """The day of an ISO date; None of anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def chosen_weekdays(posted: QueryDict) -> list[int]:
    """The days that were ticked, Monday 0."""
    return [day for day in map(number_in, posted.getlist("weekdays")) if day is not None]


def back(team: Team, day: date | None = None) -> HttpResponse:
    """To the page of a team, in the week of a day."""
    week = f"&week={day - timedelta(days=day.weekday())}" if day else ""
    return HttpResponseRedirect(f"{reverse('manage:roster')}?team={team.slug}{week}")


def chosen_hours(text: str) -> BusinessHours | None:
    """The business hours of a form; None for always."""
    return get_object_or_404(hours_in_use(), pk=id_in(text)) if text else None
