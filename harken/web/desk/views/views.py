"""Narrowing the list, and saved views: keep one, put them in order, change or throw away."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.conversations.filters import read
from harken.domain.conversations.models_views import SavedView, Shared
from harken.domain.conversations.queries import teams_of
from harken.domain.conversations.queries_asked import asked, saved_views
from harken.domain.conversations.services import views as saving
from harken.domain.conversations.services.views import Wish, may_change_view
from harken.domain.people.models import Team
from harken.kit.ids import id_in
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page
from harken.web.desk.narrowing import LABELS, asks_for, choices
from harken.web.desk.views.inbox import asked_view

STARTS = [(view, label) for view, label, _, _ in screen.OWN_VIEWS]


@page(*EVERYBODY)
def narrow(request: Request) -> HttpResponse:
    """The form behind `f`, filled in as the list is narrowed now."""
    view = asked_view(request)
    base, narrowed = read(view)
    offered = choices(request.user)
    teams = [(f"team:{slug}", name) for slug, name in offered["team"]]
    saved = [(f"saved:{each.pk}", each.name) for each in saved_views(request.user)]
    context = {
        "base": base,
        "starts": [*STARTS, *saved, *teams],
        "fields": [
            (name, LABELS[name], offered[name], getattr(narrowed, name))
            for name in LABELS
            if name != "text"
        ],
        "text": " ".join(narrowed.text),
    }
    return screen.render(request, "desk/narrow.html", context)


@page(*EVERYBODY)
def new_view(request: Request) -> HttpResponse:
    """The form behind `Shift+F`: a name for the list as it is."""
    view = asked_view(request)
    saved = asked(request.user, view).saved
    known = saved if saved and may_change_view(saved, request.user) else None
    return screen.render(request, "desk/new_view.html", _form(request, view, known))


@page(*EVERYBODY, method="POST")
def add_view(request: Request) -> HttpResponse:
    """Save the list `view`, or change the saved view `replace` into it."""
    wish = _wish(request, request.POST.get("view", ""))
    replaced = request.POST.get("replace", "")
    if replaced:
        view = saving.change_view(_saved(request, replaced), wish, by=request.user)
    else:
        view = saving.add_view(wish, by=request.user)
    return HttpResponseRedirect(f"{reverse('desk:inbox')}?view=saved:{view.pk}")


@page(*EVERYBODY)
def views(request: Request) -> HttpResponse:
    """Every saved view this person has, and whose they are."""
    context = screen.frame_context(request)
    counted = {link.view: link.count for link in context["saved_links"]}
    context["saved"] = [
        {
            "view": view,
            "asks": asks_for(request.user, view),
            "count": counted.get(f"saved:{view.pk}"),
            "start": dict(STARTS).get(view.base, view.base.removeprefix("team:")),
            "mine": may_change_view(view, request.user),
            "form": _form(request, f"saved:{view.pk}", view),
        }
        for view in saved_views(request.user).select_related("owner", "team")
    ]
    return screen.render(request, "desk/views.html", context)


@page(*EVERYBODY, method="POST")
def save_view(request: Request, pk: int) -> HttpResponse:
    """Another name, picture or circle of readers."""
    view = _saved(request, str(pk))
    saving.change_view(view, _wish(request, f"saved:{pk}"), by=request.user)
    return _back(pk)


@page(*EVERYBODY, method="POST")
def move_view(request: Request, pk: int) -> HttpResponse:
    """Earlier (`to` is "up") or later."""
    up = request.POST.get("to") == "up"
    saving.move_view(_saved(request, str(pk)), up=up, by=request.user)
    return _back(pk)


@page(*EVERYBODY, method="POST")
def remove_view(request: Request, pk: int) -> HttpResponse:
    """Throw it away."""
    saving.remove_view(_saved(request, str(pk)), by=request.user)
    return HttpResponseRedirect(reverse("desk:views"))


# --- pieces ----------------------------------------------------------------------------------


def _form(request: Request, view: str, saved: SavedView | None) -> dict[str, Any]:
    teams: QuerySet[Team] = teams_of(request.user)
    circles = [(Shared.ME.value, "Only me")]
    if request.user.can_answer:
        circles += [(f"team:{team.pk}", f"Team {team.name}") for team in teams]
    if request.user.can_manage:
        circles.append((Shared.ALL.value, "Everybody"))
    circle = f"team:{saved.team_id}" if saved and saved.team_id else saved and saved.shared
    return {
        "written": view,
        "saved_view": saved,
        "circles": circles,
        "circle": circle or Shared.ME.value,
        "icons": [(icon, icon.replace("-", " ")) for icon in saving.ICONS],
    }


def _wish(request: Request, view: str) -> Wish:
    form: QueryDict = request.POST
    circle, _, team = form.get("circle", Shared.ME.value).partition(":")
    chosen = teams_of(request.user).filter(pk=int(team)).first() if team.isdigit() else None
    return Wish(
        name=form.get("name", ""),
        view=view,
        shared=circle,
        team=chosen,
        icon=form.get("icon", saving.ICONS[0]),
    )


def _saved(request: Request, pk: str) -> SavedView:
    return get_object_or_404(saved_views(request.user), pk=id_in(pk))


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('desk:views')}#view-{pk}")
