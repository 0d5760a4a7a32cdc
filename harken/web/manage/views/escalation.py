"""The escalation page: how long each level has, who would be paged now, how soon people came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.escalation.models import EscalationPath, Level
from harken.domain.escalation.queries import path_of, people_of, times_to_acknowledge
from harken.domain.escalation.services import paths, trial
from harken.domain.people.models import Role, Team
from harken.domain.sla.written import read_duration, write_duration
from harken.kit import clock
from harken.kit.ids import id_in
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import Request, page

MANAGERS = (Role.LEAD, Role.MANAGER)
LOOKED_BACK = timedelta(days=30)


@page(*MANAGERS)
def escalation(request: Request) -> HttpResponse:
    """Every team's levels with their times and their people."""
    return _listed(request)


@page(*MANAGERS, method="POST")
def save_path(request: Request) -> HttpResponse:
    """Give the team `team`, or with none all teams without own times, theirs."""
    asked = request.POST.get("team", "")
    team = get_object_or_404(Team, pk=id_in(asked)) if asked else None
    try:
        seconds = {
            level: read_duration(request.POST.get(level.value, ""), level.label) or 0
            for level in Level
        }
        paths.set_path(team, seconds, by=request.user)
    except Refusal as refusal:
        return _listed(request, refusal)
    return _done(request, f"Saved for {team or 'every team without own times'}.")


@page(*MANAGERS, method="POST")
def drop_path(request: Request, pk: int) -> HttpResponse:
    """The team goes by the times for all again."""
    team = get_object_or_404(Team, pk=pk)
    paths.drop_path(team, by=request.user)
    return _done(request, f"{team} goes by the times for every team again.")


@page(*MANAGERS, method="POST")
def page_me(request: Request) -> HttpResponse:
    """A test page to the reader."""
    trial.page_me(by=request.user)
    return _done(request, "You are paged. If nothing comes, look at your notification settings.")


def _listed(request: Request, refusal: Refusal | None = None) -> HttpResponse:
    own = set(EscalationPath.objects.exclude(team=None).values_list("team_id", flat=True))
    now = clock.now()
    context = screen.frame_context(request) | {
        "rest": _levels(None),
        "teams": [
            {"team": team, "own": team.pk in own, "levels": _levels(team)}
            for team in Team.objects.order_by("name")
        ],
        "times_taken": times_to_acknowledge(now - LOOKED_BACK, now),
        "labels": dict(Level.choices),
        "refusal": str(refusal) if refusal else "",
        "said": [str(message) for message in messages.get_messages(request)],
    }
    response = screen.render(request, "manage/escalation.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _levels(team: Team | None) -> list[dict[str, Any]]:
    path = path_of(team)
    return [
        {
            "name": level.value,
            "label": level.label,
            "time": write_duration(path.seconds(level)),
            "people": [str(person) for person in people_of(level, team)] if team else [],
        }
        for level in Level
    ]


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("manage:escalation"))
