"""The promises page: what we promise to whom, in order, and the form of one promise."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.channels.models import Channel
from harken.domain.contacts.models import Mark
from harken.domain.conversations.models import Priority, Topic
from harken.domain.people.models import Brand, Role, Team
from harken.domain.sla.models import SLAPolicy
from harken.domain.sla.queries import hours_in_use, policies_in_order
from harken.domain.sla.services import policies as promising
from harken.domain.sla.services.policies import Terms
from harken.domain.sla.written import read_duration, write_duration
from harken.kit.connector import Why
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import Request, page
from harken.web.choices import chosen

MANAGERS = (Role.LEAD, Role.MANAGER)
TARGETS = (
    ("first_response", "First answer within"),
    ("next_response", "Every further answer within"),
    ("resolution", "Solved within"),
)
WAYS = {
    Why.MENTION: "somebody mentions us",
    Why.REPLY: "somebody replies to us",
    Why.QUOTE: "somebody quotes us",
    Why.SEARCH: "a word or hashtag we listen for",
    Why.THREAD: "a follow-up in a conversation",
}
CONDITIONS: dict[str, Any] = {"brand": Brand, "channel": Channel, "topic": Topic, "team": Team}


@page(*MANAGERS)
def promises(request: Request) -> HttpResponse:
    """Every promise in the order in which they are tried, and the business hours."""
    return _listed(request)


@page(*MANAGERS)
def new_promise(request: Request) -> HttpResponse:
    """An empty form."""
    return _form(request, None, {"first_response": "60 s", "next_response": "60 s"})


@page(*MANAGERS, method="POST")
def add_promise(request: Request) -> HttpResponse:
    """Put a promise at the end of the list; what is wrong is said above the form."""
    try:
        policy = promising.add_policy(_terms(request), by=request.user)
    except Refusal as refusal:
        return _form(request, None, _typed(request), refusal)
    return _done(request, f"“{policy.name}” is promised from now on, after all others.")


@page(*MANAGERS)
def promise(request: Request, pk: int) -> HttpResponse:
    """The form of one promise."""
    policy = _policy(pk)
    return _form(request, policy, _said(policy))


@page(*MANAGERS, method="POST")
def save_promise(request: Request, pk: int) -> HttpResponse:
    """Promise something else from now on."""
    policy = _policy(pk)
    try:
        policy = promising.change_policy(policy, _terms(request), by=request.user)
    except Refusal as refusal:
        return _form(request, policy, _typed(request), refusal)
    return _done(request, f"“{policy.name}” is saved. Clocks that run keep what was promised.")


@page(*MANAGERS, method="POST")
def move_promise(request: Request, pk: int) -> HttpResponse:
    """Try it earlier (`to` is "up") or later."""
    promising.move_policy(_policy(pk), up=request.POST.get("to") == "up", by=request.user)
    return HttpResponseRedirect(reverse("manage:promises") + f"#promise-{pk}")


@page(*MANAGERS, method="POST")
def retire_promise(request: Request, pk: int) -> HttpResponse:
    """Take it out of the list."""
    policy = promising.retire_policy(_policy(pk), by=request.user)
    return _done(request, f"“{policy.name}” is no longer promised. Clocks that run go on.")


# --- pieces ----------------------------------------------------------------------------------


def _listed(request: Request) -> HttpResponse:
    context = screen.frame_context(request) | {
        "policies": [
            {"policy": each, "conditions": _conditions(each), "targets": _targets(each)}
            for each in policies_in_order()
        ],
        "hours": [
            {"hours": each, "versions": list(each.versions.all())} for each in hours_in_use()
        ],
        "said": [str(message) for message in messages.get_messages(request)],
    }
    return screen.render(request, "manage/promises.html", context)


def _conditions(policy: SLAPolicy) -> list[tuple[str, str]]:
    chosen = [(name, getattr(policy, name)) for name in CONDITIONS]
    told = [(name, str(value)) for name, value in chosen if value is not None]
    told += [("because", WAYS[Why(policy.why)])] if policy.why in WAYS else []
    told += [("priority", policy.get_priority_display())] if policy.priority else []
    return told + ([("mark", policy.get_mark_display())] if policy.mark else [])


def _targets(policy: SLAPolicy) -> list[tuple[str, str]]:
    promised = [(label, getattr(policy, name)) for name, label in TARGETS]
    return [(label, write_duration(seconds)) for label, seconds in promised if seconds]


def _form(
    request: Request,
    policy: SLAPolicy | None,
    typed: dict[str, Any],
    refusal: Refusal | None = None,
) -> HttpResponse:
    choices = {
        "brand": [("", "any brand"), *_choices(Brand.objects.order_by("name"))],
        "channel": [("", "any channel"), *_choices(Channel.objects.all())],
        "topic": [("", "any topic"), *_choices(Topic.objects.filter(retired_at=None))],
        "team": [("", "any team"), *_choices(Team.objects.all())],
        "why": [("", "for any reason"), *((way.value, label) for way, label in WAYS.items())],
        "priority": [("", "any priority"), *Priority.choices],
        "mark": [("", "any or no mark"), *Mark.choices[1:]],
        "hours": [("", "day and night, every second counts"), *_choices(hours_in_use())],
    }
    context = screen.frame_context(request) | {
        "policy": policy,
        "typed": defaultdict(str, typed),
        "targets": TARGETS,
        "choices": choices,
        "refusal": str(refusal) if refusal else "",
    }
    response = screen.render(request, "manage/promise.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _choices(found: Any) -> list[tuple[str, str]]:
    return [(str(each.pk), str(each)) for each in found]


def _said(policy: SLAPolicy) -> dict[str, Any]:
    ids = {name: getattr(policy, f"{name}_id") or "" for name in (*CONDITIONS, "hours")}
    times = {name: write_duration(getattr(policy, name)) for name, _ in TARGETS}
    words = {name: getattr(policy, name) for name in ("name", "why", "priority", "mark")}
    rest = words | {"pauses": policy.pauses}
    return ids | times | rest


def _typed(request: HttpRequest) -> dict[str, Any]:
    return {name: str(value) for name, value in request.POST.items()}


def _terms(request: HttpRequest) -> Terms:
    asked = request.POST
    times: dict[str, Any] = {
        name: read_duration(asked.get(name, ""), label) for name, label in TARGETS
    }
    return Terms(
        name=asked.get("name", ""),
        why=asked.get("why", ""),
        priority=asked.get("priority", ""),
        mark=asked.get("mark", ""),
        pauses="pauses" in asked,
        **{name: chosen(asked.get(name), model.objects) for name, model in CONDITIONS.items()},
        hours=chosen(asked.get("hours"), hours_in_use()),
        **times,
    )


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("manage:promises"))


def _policy(pk: int) -> SLAPolicy:
    return get_object_or_404(policies_in_order(), pk=pk)
