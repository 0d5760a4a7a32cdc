"""What is done on the roster page with shifts, swaps, absence and handover notes."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from harken.domain.conversations.queries import teams_of
from harken.domain.people.models import User
from harken.domain.roster.models import Absence, HandoverNote, Layer, Shift, Swap
from harken.domain.roster.queries_week import people_of, zone_of
from harken.domain.roster.services import absence as absences
from harken.domain.roster.services import handover as notes
from harken.domain.roster.services import shifts, swaps
from harken.domain.roster.services.shifts import ShiftTerms
from harken.domain.sla.written import read_day
from harken.kit import clock
from harken.kit.ids import id_in
from harken.kit.refusals import Invalid
from harken.web.access import WRITERS, Request, page
from harken.web.manage.views.roster import (
    MIDNIGHT,
    PLANNERS,
    back,
    chosen_weekdays,
    read_date,
    shown,
)


@page(*PLANNERS, method="POST")
def add_shift(request: Request, pk: int) -> HttpResponse:
    """Plan somebody in, in a layer of the team `pk`."""
    team = get_object_or_404(teams_of(request.user), pk=pk)
    layer = get_object_or_404(
        Layer, pk=id_in(request.POST.get("layer")), team=team, retired_at=None
    )
    try:
        shift = shifts.add_shift(layer, _terms(request), by=request.user)
    except Invalid as refusal:
        return shown(request, team, refusal)
    messages.success(request, f"{shift.person} is planned in.")
    return back(team, shift.first_day)


@page(*PLANNERS, method="POST")
def save_shift(request: Request, pk: int) -> HttpResponse:
    """Have a shift be another from the day on which it was opened."""
    shift = _shift(request, pk)
    since = read_date(request.POST.get("since")) or shift.first_day
    try:
        shifts.change_shift(shift, _terms(request), since=since, by=request.user)
    except Invalid as refusal:
        return shown(request, shift.layer.team, refusal)
    messages.success(request, "The shift is changed.")
    return back(shift.layer.team, since)


@page(*PLANNERS, method="POST")
def remove_shift(request: Request, pk: int) -> HttpResponse:
    """Take out one day of a shift (`only`), or that day and all after it."""
    shift = _shift(request, pk)
    day = read_date(request.POST.get("day")) or shift.first_day
    shifts.remove_shift(shift, day=day, only="only" in request.POST, by=request.user)
    messages.success(request, "Taken out of the roster.")
    return back(shift.layer.team, day)


@page(*WRITERS, method="POST")
def ask_swap(request: Request, pk: int) -> HttpResponse:
    """Ask somebody to stand in; who makes the plans settles it at once."""
    shift = _shift(request, pk)
    team = shift.layer.team
    day = read_date(request.POST.get("day")) or shift.first_day
    to = people_of(team).filter(pk=id_in(request.POST.get("to"))).first()
    try:
        if "settle" in request.POST:
            if to is None:
                raise Invalid("Choose who stands in.")
            swaps.set_stand_in(shift, day, to=to, by=request.user)
            messages.success(request, f"{to} stands in.")
        else:
            swaps.ask_swap(shift, day, to=to, by=request.user)
            messages.success(request, f"{to or 'The team'} is asked. Until then it is yours.")
    except Invalid as refusal:
        messages.warning(request, str(refusal))
    return back(team, day)


@page(*WRITERS, method="POST")
def accept_swap(request: Request, pk: int) -> HttpResponse:
    """Stand in for a colleague."""
    swap = _swap(request, pk)
    swaps.accept_swap(swap, by=request.user)
    messages.success(request, "You stand in. Thank you.")
    return back(swap.shift.layer.team, swap.day)


@page(*WRITERS, method="POST")
def decline_swap(request: Request, pk: int) -> HttpResponse:
    """Say no, or take one's own question back."""
    swap = _swap(request, pk)
    swaps.decline_swap(swap, by=request.user)
    messages.success(request, "The question is settled; the shift stays as it was.")
    return back(swap.shift.layer.team, swap.day)


@page(*WRITERS, method="POST")
def add_absence(request: Request, pk: int) -> HttpResponse:
    """Say that somebody of the team `pk` is away; times are the team's wall clock."""
    team = get_object_or_404(teams_of(request.user), pk=pk)
    asked = request.POST
    person = people_of(team).filter(pk=id_in(asked.get("person"))).first() or request.user
    zone = ZoneInfo(zone_of(team))
    try:
        made = absences.add_absence(
            person,
            _moment(asked.get("starts"), zone),
            _moment(asked.get("ends"), zone),
            reason=asked.get("reason", ""),
            by=request.user,
        )
    except Invalid as refusal:
        return shown(request, team, refusal)
    messages.success(request, f"{person} is away from {made.starts_at.astimezone(zone):%-d %B}.")
    return back(team, made.starts_at.astimezone(zone).date())


@page(*WRITERS, method="POST")
def end_absence(request: Request, pk: int) -> HttpResponse:
    """Somebody is there again."""
    teams = teams_of(request.user)
    seen = User.objects.filter(teams__in=teams)
    absence = get_object_or_404(Absence.objects.select_related("person"), pk=pk, person__in=seen)
    absences.end_absence(absence, by=request.user)
    messages.success(request, f"{absence.person} is no longer away.")
    return back(absence.person.teams.filter(pk__in=teams).first() or teams[0])


@page(*WRITERS, method="POST")
def write_handover(request: Request, pk: int) -> HttpResponse:
    """Leave a note for who comes next in the team `pk`."""
    team = get_object_or_404(teams_of(request.user), pk=pk)
    notes.write_handover(team, request.POST.get("body", ""), by=request.user)
    messages.success(request, f"Whoever comes next in {team} reads it first.")
    return HttpResponseRedirect(f"{reverse('manage:handover')}?team={team.slug}")


@page(*WRITERS, method="POST")
def read_handover(request: Request, pk: int) -> HttpResponse:
    """Confirm having read a note; back to where one was."""
    note = get_object_or_404(HandoverNote, pk=pk, team__in=teams_of(request.user))
    notes.read_handover(note, by=request.user)
    then = request.POST.get("then", "")
    here = url_has_allowed_host_and_scheme(then, allowed_hosts=None)
    return HttpResponseRedirect(then if here else reverse("desk:inbox"))


# --- pieces ----------------------------------------------------------------------------------


def _shift(request: Request, pk: int) -> Shift:
    found = Shift.objects.select_related("layer__team", "person")
    teams = teams_of(request.user)
    return get_object_or_404(found, pk=pk, layer__team__in=teams, layer__retired_at=None)


def _swap(request: Request, pk: int) -> Swap:
    found = Swap.objects.select_related("shift__layer__team", "asked_by", "to")
    return get_object_or_404(found, pk=pk, shift__layer__team__in=teams_of(request.user))


def _terms(request: Request) -> ShiftTerms:
    asked = request.POST
    first = read_date(asked.get("first_day") or asked.get("since"))
    person = User.objects.filter(pk=id_in(asked.get("person"))).first()
    if first is None or person is None:
        raise Invalid("Say who is on, and from which day.")
    start, end = _minutes(asked.get("start")), _minutes(asked.get("end"))
    return ShiftTerms(
        person=person,
        first_day=first,
        start=start,
        end=end if end > start else end + MIDNIGHT,
        weekdays=chosen_weekdays(asked),
        last_day=read_date(asked.get("last_day")),
    )


def _minutes(text: str | None) -> int:
    """Minutes from midnight of a time as the form gives it."""
    # Read as a span to the end of the day, so that what a time is stands in one place.
    return 0 if text == "00:00" else read_day(f"{text}-24:00", "Time")[0][0]


def _moment(text: str | None, zone: ZoneInfo) -> datetime:
    """The moment of a wall clock time such as 2026-12-24T09:00."""
    try:
        local = datetime.fromisoformat(text or "")
    except ValueError:
        raise Invalid("Say from when to when, such as 24 December 2026, 09:00.") from None
    moment = local.replace(tzinfo=zone) if local.tzinfo is None else local
    if not date(2000, 1, 1) <= moment.date() <= clock.now().date().replace(year=9000):
        raise Invalid("This date is too far away.")
    return moment.astimezone(ZoneInfo("UTC"))
