"""The topics page: the tree, whose each topic is, and who answers for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.conversations.models import Topic
from harken.domain.conversations.queries_topics import beneath, retired_topics, topic_tree
from harken.domain.conversations.services import topic_tree as growing
from harken.domain.conversations.services.topic_tree import TopicPlan
from harken.domain.departments.queries import people_there
from harken.domain.people.models import Role, Team, User
from harken.domain.people.queries import answering_people
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import Request, page
from harken.web.choices import chosen

MANAGERS = (Role.LEAD, Role.MANAGER)
M = TypeVar("M", bound=Model)


@page(*MANAGERS)
def topics(request: Request) -> HttpResponse:
    """The tree, and what is out of use."""
    return _listed(request)


@page(*MANAGERS)
def new_topic(request: Request) -> HttpResponse:
    """An empty form; `below` in the address chooses the topic above it."""
    below = request.GET.get("below", "")
    above = next((each.topic for each in topic_tree() if str(each.topic.pk) == below), None)
    own = request.user.teams.first()
    team = above.team_id if above else (own.pk if own else "")
    return _form(request, None, {"parent": below, "team": team or ""})


@page(*MANAGERS, method="POST")
def add_topic(request: Request) -> HttpResponse:
    """Add a topic; what is wrong is said above the form."""
    try:
        topic = growing.add_topic(_plan(request), by=request.user)
    except Refusal as refusal:
        return _form(request, None, _typed(request), refusal)
    return _done(request, f"“{topic}” is there. Conversations can be about it from now on.")


@page(*MANAGERS)
def topic(request: Request, pk: int) -> HttpResponse:
    """The form of one topic."""
    found = _topic(pk)
    names = ("team", "parent", "owner", "deputy")
    said = {name: getattr(found, f"{name}_id") or "" for name in names}
    return _form(request, found, said | {"name": found.name})


@page(*MANAGERS, method="POST")
def save_topic(request: Request, pk: int) -> HttpResponse:
    """Change a topic; what is wrong is said above the form."""
    found = _topic(pk)
    try:
        found = growing.change_topic(found, _plan(request), by=request.user)
    except Refusal as refusal:
        return _form(request, found, _typed(request), refusal)
    return _done(request, f"“{found}” is saved. Conversations about it stay where they are.")


@page(*MANAGERS, method="POST")
def retire_topic(request: Request, pk: int) -> HttpResponse:
    """Take a topic out of use."""
    try:
        found = growing.retire_topic(_topic(pk), by=request.user)
    except Refusal as refusal:
        return _listed(request, refusal)
    return _done(request, f"“{found}” is out of use. What was about it still is.")


@page(*MANAGERS, method="POST")
def use_topic(request: Request, pk: int) -> HttpResponse:
    """Take a topic into use again."""
    found = get_object_or_404(Topic, pk=pk)
    try:
        found = growing.use_again(found, by=request.user)
    except Refusal as refusal:
        return _listed(request, refusal)
    return _done(request, f"“{found}” is in use again.")


# --- pieces ----------------------------------------------------------------------------------


def _listed(request: Request, refusal: Refusal | None = None) -> HttpResponse:
    mine = _changeable_teams(request.user)
    context = screen.frame_context(request) | {
        "branches": topic_tree(),
        "retired": retired_topics(),
        "there": people_there(),
        "mine": mine,
        "refusal": str(refusal) if refusal else "",
        "said": [str(message) for message in messages.get_messages(request)],
    }
    response = screen.render(request, "manage/topics.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _changeable_teams(user: User) -> set[int | None]:
    teams = Team.objects.all() if user.sees_all else user.teams.all()
    return {None, *teams.values_list("pk", flat=True)}


def _form(
    request: Request,
    found: Topic | None,
    typed: dict[str, Any],
    refusal: Refusal | None = None,
) -> HttpResponse:
    tree = topic_tree()
    inside = beneath(found, tree) if found else set()
    mine = _changeable_teams(request.user)
    people = answering_people().prefetch_related("teams")
    context = screen.frame_context(request) | {
        "topic": found,
        "typed": defaultdict(str, typed),
        "parents": [
            ("", "nothing: at the top"),
            *((b.topic.pk, b.name) for b in tree if b.topic.pk not in inside),
        ],
        "teams": [("", "no team: everybody's"), *_teams(mine, found)],
        "owners": [("", "nobody by name: the lead on duty"), *_people(people)],
        "deputies": [("", "nobody"), *_people(people)],
        "refusal": str(refusal) if refusal else "",
    }
    response = screen.render(request, "manage/topic.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _teams(mine: set[int | None], found: Topic | None) -> list[tuple[int, str]]:
    kept = found.team_id if found else None
    return [(each.pk, each.name) for each in Team.objects.all() if each.pk in {*mine, kept}]


def _people(people: Iterable[User]) -> list[tuple[int, str]]:
    return [(person.pk, f"{person} ({_where(person)})") for person in people]


def _where(person: User) -> str:
    if person.sees_all:
        return person.get_role_display().lower()
    return ", ".join(team.name for team in person.teams.all()) or "no team"


def _typed(request: Request) -> dict[str, Any]:
    return {name: str(value) for name, value in request.POST.items()}


def _plan(request: Request) -> TopicPlan:
    return TopicPlan(
        name=request.POST.get("name", ""),
        team=chosen(request.POST.get("team"), Team.objects.all()),
        parent=chosen(request.POST.get("parent"), Topic.objects.all()),
        owner=chosen(request.POST.get("owner"), User.objects.filter(is_active=True)),
        deputy=chosen(request.POST.get("deputy"), User.objects.filter(is_active=True)),
    )


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("manage:topics"))


def _topic(pk: int) -> Topic:
    return get_object_or_404(Topic.objects.filter(retired_at=None), pk=pk)
