"""The teams page: which there are, who works in each, and which topics are theirs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.departments.queries import people_there
from harken.domain.people import teams as staffing
from harken.domain.people.models import Brand, Role, Team, User
from harken.kit.ids import id_in
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import Request, page

MANAGERS = (Role.LEAD, Role.MANAGER)


@page(*MANAGERS)
def teams(request: Request) -> HttpResponse:
    """Every team with its people."""
    return _listed(request)


@page(*MANAGERS, method="POST")
def add_team(request: Request) -> HttpResponse:
    """Add a team called `name` to the brand `brand`."""
    brands = Brand.objects.order_by("pk")
    brand = brands.filter(pk=id_in(request.POST.get("brand"))).first() or brands[0]
    try:
        team = staffing.add_team(request.POST.get("name", ""), brand, by=request.user)
    except Refusal as refusal:
        return _listed(request, refusal)
    return _done(request, f"{team} is there. Put people into it, and give it topics.", team)


@page(*MANAGERS, method="POST")
def rename_team(request: Request, pk: int) -> HttpResponse:
    """Call it `name`."""
    team = get_object_or_404(Team, pk=pk)
    try:
        team = staffing.rename_team(team, request.POST.get("name", ""), by=request.user)
    except Refusal as refusal:
        return _listed(request, refusal)
    return _done(request, f"The team is called {team} now.", team)


@page(*MANAGERS, method="POST")
def join_team(request: Request, pk: int) -> HttpResponse:
    """Put the person `user` into the team."""
    team, person = _team_and_person(request, pk)
    try:
        staffing.join(team, person, by=request.user)
    except Refusal as refusal:
        return _listed(request, refusal)
    return _done(request, f"{person} works in {team} now.", team)


@page(*MANAGERS, method="POST")
def leave_team(request: Request, pk: int) -> HttpResponse:
    """Take the person `user` out of the team."""
    team, person = _team_and_person(request, pk)
    try:
        staffing.leave(team, person, by=request.user)
    except Refusal as refusal:
        return _listed(request, refusal)
    return _done(
        request, f"{person} is not in {team} any more; what they had there is free again.", team
    )


# --- pieces ----------------------------------------------------------------------------------


def _listed(request: Request, refusal: Refusal | None = None) -> HttpResponse:
    people = list(User.objects.filter(is_active=True).order_by("display_name", "username"))
    context = screen.frame_context(request) | {
        "cards": [_card(request.user, team, people) for team in _all_teams()],
        "brands": [(brand.pk, brand.name) for brand in Brand.objects.order_by("pk")],
        "there": people_there(),
        "adds": request.user.role == Role.MANAGER,
        "refusal": str(refusal) if refusal else "",
        "said": [str(message) for message in messages.get_messages(request)],
    }
    response = screen.render(request, "manage/teams.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _all_teams() -> list[Team]:
    return list(Team.objects.select_related("brand").prefetch_related("members", "topics"))


def _card(reader: User, team: Team, people: list[User]) -> dict[str, Any]:
    members = sorted(
        (one for one in team.members.all() if one.is_active),
        key=lambda one: (one.role != Role.LEAD, str(one)),
    )
    inside = {one.pk for one in members}
    return {
        "team": team,
        "members": members,
        "topics": [topic for topic in team.topics.all() if topic.retired_at is None],
        "others": [
            (one.pk, f"{one} ({one.get_role_display().lower()})")
            for one in people
            if one.pk not in inside
        ],
        "may_change": reader.role == Role.MANAGER or reader.pk in inside,
    }


def _team_and_person(request: Request, pk: int) -> tuple[Team, User]:
    team = get_object_or_404(Team, pk=pk)
    return team, get_object_or_404(User, pk=id_in(request.POST.get("user")))


def _done(request: Request, sentence: str, team: Team) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("manage:teams") + f"#team-{team.pk}")
