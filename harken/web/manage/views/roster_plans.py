"""What leads and managers set on the roster page: layers, cover, how soon the next is called."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from harken.domain.conversations.queries import teams_of
from harken.domain.people.models import Team
from harken.domain.roster.calendars import calendar_of
from harken.domain.roster.models import Cover, Layer
from harken.domain.roster.queries import feed_behind
from harken.domain.roster.services import cover as covering
from harken.domain.roster.services import feeds, layers
from harken.domain.roster.services.layers import LayerTerms
from harken.domain.sla.written import read_duration
from harken.kit.ids import number_in
from harken.kit.refusals import Invalid
from harken.web import errors
from harken.web.access import ANYONE, EVERYBODY, Request, page
from harken.web.manage.views.roster import PLANNERS, back, chosen_hours, shown


@page(*PLANNERS, method="POST")
def add_layer(request: Request, pk: int) -> HttpResponse:
    """Add a layer to the team `pk`."""
    team = _team(request, pk)
    asked = request.POST
    terms = LayerTerms(
        name=asked.get("name", ""),
        zone=asked.get("zone", ""),
        kind=asked.get("kind", ""),
        country=asked.get("country", ""),
        subdivision=asked.get("subdivision", "").strip().upper(),
    )
    try:
        layer = layers.add_layer(team, terms, by=request.user)
    except Invalid as refusal:
        return shown(request, team, refusal)
    messages.success(request, f"“{layer.name}” is ready: plan people in with n.")
    return back(team)


@page(*PLANNERS, method="POST")
def raise_layer(request: Request, pk: int) -> HttpResponse:
    """Put a layer one place higher."""
    layer = _layer(request, pk)
    layers.raise_layer(layer, by=request.user)
    return back(layer.team)


@page(*PLANNERS, method="POST")
def retire_layer(request: Request, pk: int) -> HttpResponse:
    """Take a layer out."""
    layer = layers.retire_layer(_layer(request, pk), by=request.user)
    messages.success(request, f"“{layer.name}” is out; its shifts do not count any more.")
    return back(layer.team)


@page(*PLANNERS, method="POST")
def add_cover(request: Request, pk: int) -> HttpResponse:
    """Say how many people the team `pk` needs."""
    team = _team(request, pk)
    people = number_in(request.POST.get("people")) or 0
    hours = chosen_hours(request.POST.get("hours", ""))
    try:
        covering.add_cover(team, people, hours=hours, by=request.user)
    except Invalid as refusal:
        return shown(request, team, refusal)
    return back(team)


@page(*PLANNERS, method="POST")
def remove_cover(request: Request, pk: int) -> HttpResponse:
    """They are not needed any more."""
    found = Cover.objects.select_related("team")
    cover = get_object_or_404(found, pk=pk, team__in=teams_of(request.user))
    covering.remove_cover(cover, by=request.user)
    return back(cover.team)


@page(*PLANNERS, method="POST")
def set_call_after(request: Request, pk: int) -> HttpResponse:
    """After how long the next on call in the team `pk` is told."""
    team = _team(request, pk)
    try:
        seconds = read_duration(request.POST.get("after", ""), "The next is told after") or 0
        layers.set_call_after(team, seconds, by=request.user)
    except Invalid as refusal:
        return shown(request, team, refusal)
    messages.success(request, "Saved.")
    return back(team)


@page(*EVERYBODY, method="POST")
def renew_calendar(request: Request, pk: int) -> HttpResponse:
    """A new address of one's own shifts, or of all of the team `pk` (`whose` is "team")."""
    team = _team(request, pk)
    whole = request.POST.get("whose") == "team"
    feeds.renew_feed(team if whole else None, by=request.user)
    messages.success(request, "The calendar has a new address. The old one answers nothing.")
    return back(team)


@page(ANYONE)
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A calendar for whoever knows its address; programs that read it cannot sign in."""
    feed = feed_behind(token)
    if feed is None:
        return errors.missing(request)
    response = HttpResponse(calendar_of(feed), content_type="text/calendar; charset=utf-8")
    response["X-Robots-Tag"] = "noindex"
    return response


def _team(request: Request, pk: int) -> Team:
    return get_object_or_404(teams_of(request.user), pk=pk)


def _layer(request: Request, pk: int) -> Layer:
    found = Layer.objects.select_related("team").filter(retired_at=None)
    return get_object_or_404(found, pk=pk, team__in=teams_of(request.user))
