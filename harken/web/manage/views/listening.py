"""The listening pages: the monitors, the editor with its live preview, what one heard."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.listening import queries
from harken.domain.listening.language.errors import QueryError
from harken.domain.listening.language.examples import FIELDS, SECTIONS
from harken.domain.listening.models import Monitor
from harken.domain.listening.services import monitors as listening
from harken.domain.people.models import Role
from harken.kit.ids import id_in
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import Request, page
from harken.web.manage import monitor_form
from harken.web.manage.monitor_form import Typed

MANAGERS = (Role.LEAD, Role.MANAGER)
SHOWN = 20  # posts a monitor heard lately


@page(*MANAGERS)
def monitors(request: Request) -> HttpResponse:
    """Every monitor, with what it heard this week."""
    tallies = queries.tallies(request.user)
    context = screen.frame_context(request) | {
        "monitors": [
            (monitor, tallies.get(monitor.pk, queries.Tally()))
            for monitor in queries.monitors_listed()
        ],
        "said": [str(message) for message in messages.get_messages(request)],
    }
    return screen.render(request, "manage/monitors.html", context)


@page(*MANAGERS)
def new_monitor(request: Request) -> HttpResponse:
    """An empty form."""
    return _form(request, None, Typed())


@page(*MANAGERS)
def monitor(request: Request, pk: int) -> HttpResponse:
    """The form of one monitor, what it heard lately, and its versions."""
    found = _monitor(pk)
    return _form(request, found, monitor_form.said(found))


@page(*MANAGERS, method="POST")
def try_monitor(request: Request) -> HttpResponse:
    """What the query would have heard; `do` "build" makes it of the lists first."""
    found, typed = _asked(request), monitor_form.typed(request.POST)
    builds = request.POST.get("do") == "build"
    if builds:
        typed.build()
    if request.htmx and not builds:
        context = _previewed(request, typed, found)
        return screen.render(request, "manage/_preview.html", context)
    return _form(request, found, typed)


@page(*MANAGERS, method="POST")
def save_monitor(request: Request) -> HttpResponse:
    """Save it; what is wrong stands above the form, and in the query at its place."""
    found, typed = _asked(request), monitor_form.typed(request.POST)
    try:
        saved = listening.save_monitor(found, typed.wanted(), by=request.user)
    except listening.Unreadable as refusal:
        return _form(request, found, typed, status=refusal.status)
    except Refusal as refusal:
        return _form(request, found, typed, refusal=str(refusal), status=refusal.status)
    return _done(request, f"“{saved.name}” listens as of now, version {saved.number}.", saved)


@page(*MANAGERS, method="POST")
def switch_monitor(request: Request, pk: int) -> HttpResponse:
    """Let it listen (`to` is "on") or rest."""
    on = request.POST.get("to") == "on"
    saved = listening.switch_monitor(_monitor(pk), on=on, by=request.user)
    word = "listens again" if on else "rests; it hears nothing"
    return _done(request, f"“{saved.name}” {word}.", saved)


@page(*MANAGERS, method="POST")
def retire_monitor(request: Request, pk: int) -> HttpResponse:
    """Take it out of the list."""
    retired = listening.retire_monitor(_monitor(pk), by=request.user)
    return _done(request, f"“{retired.name}” is taken out. What it heard stays.")


# --- pieces ----------------------------------------------------------------------------------


def _form(
    request: Request,
    found: Monitor | None,
    typed: Typed,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _previewed(request, typed, found) | {
        "monitor": found,
        "typed": typed,
        "choices": monitor_form.choices(),
        "refusal": refusal,
        "sections": SECTIONS,
        "fields": FIELDS,
        "built": request.POST.get("do") == "build",
        "heard": queries.heard_by(found, request.user, SHOWN) if found else [],
        "versions": list(found.versions.select_related("by")) if found else [],
    }
    if request.htmx:  # a piece of the page: what was refused stands in it, so it must be swapped
        return screen.render(request, "manage/_monitor_form.html", context)
    response = screen.render(
        request, "manage/monitor.html", screen.frame_context(request) | context
    )
    response.status_code = status
    return response


def _previewed(request: Request, typed: Typed, found: Monitor | None) -> dict[str, Any]:
    """What the query would have heard, or what is wrong with it; nothing for an empty one."""
    context: dict[str, Any] = {"fault": None, "preview": None, "drawing": None}
    if not typed.query.strip():
        return context
    try:
        listening.read_query(typed.query)
    except QueryError as error:
        return context | {"fault": monitor_form.fault(typed.query, error)}
    preview = queries.preview(typed.query, request.user, without=found)
    return context | {"preview": preview, "drawing": monitor_form.drawing(preview)}


def _done(request: Request, sentence: str, saved: Monitor | None = None) -> HttpResponse:
    messages.success(request, sentence)
    address = reverse("manage:monitors") + (f"#monitor-{saved.pk}" if saved else "")
    if not request.htmx:
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response


def _asked(request: Request) -> Monitor | None:
    number = id_in(request.POST.get("monitor"))
    return _monitor(number) if number else None


def _monitor(pk: int) -> Monitor:
    return get_object_or_404(queries.monitors_listed(), pk=pk)
