"""The sources page: what is listened to besides the channels, how it is doing, and its form."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.channels.sources import source_kinds
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.queries_sources import (
    somebody_reads,
    source_health,
    sources_health,
    sources_listed,
    way_of_posts,
)
from harken.domain.listening.services import sources as listening
from harken.domain.people.models import Role
from harken.kit.ids import id_in
from harken.kit.refusals import Refusal
from harken.kit.source_kinds import SourceKind
from harken.web import screen
from harken.web.access import Request, page

MANAGERS = (Role.LEAD, Role.MANAGER)


@page(*MANAGERS)
def sources(request: Request) -> HttpResponse:
    """Every source as a card; `taken_out` names one that can be taken back."""
    taken = ListeningSource.objects.exclude(retired_at=None)
    context = screen.frame_context(request) | {
        "healths": sources_health(),
        "alive": somebody_reads(),
        "way": way_of_posts(),
        "taken_out": taken.filter(pk=id_in(request.GET.get("taken_out"))).first(),
        "said": [str(message) for message in messages.get_messages(request)],
    }
    return screen.render(request, "manage/sources.html", context)


@page(*MANAGERS)
def health(request: Request, pk: int) -> HttpResponse:
    """The figures of one card, asked for again and again while the page is open."""
    context = {"health": source_health(_source(pk))}
    return screen.render(request, "manage/_source_health.html", context)


@page(*MANAGERS)
def new(request: Request) -> HttpResponse:
    """Which kind of source to add."""
    kinds = source_kinds().values()
    context = screen.frame_context(request) | {"kinds": sorted(kinds, key=lambda k: k.label)}
    return screen.render(request, "manage/new_source.html", context)


@page(*MANAGERS)
def fill_in(request: Request, kind: str) -> HttpResponse:
    """An empty form of one kind."""
    return _form(request, _kind(kind), None)


@page(*MANAGERS, method="POST")
def add(request: Request, kind: str) -> HttpResponse:
    """Add it; what is wrong is said above the form."""
    return _saved(request, _kind(kind), None)


@page(*MANAGERS)
def source(request: Request, pk: int) -> HttpResponse:
    """The form of one source."""
    found = _source(pk)
    return _form(request, _kind(found.kind), found)


@page(*MANAGERS, method="POST")
def save(request: Request, pk: int) -> HttpResponse:
    """Change it; what is wrong is said above the form."""
    found = _source(pk)
    return _saved(request, _kind(found.kind), found)


@page(*MANAGERS, method="POST")
def switch(request: Request, pk: int) -> HttpResponse:
    """Read it (`to` is "on") or pause it."""
    on = request.POST.get("to") == "on"
    switched = listening.switch_source(_source(pk), on=on, by=request.user)
    word = "goes on where it stopped" if on else "is paused. Nothing of it is read"
    return _done(request, f"“{switched.name}” {word}.")


@page(*MANAGERS, method="POST")
def retire(request: Request, pk: int) -> HttpResponse:
    """Take it out; the page that follows offers to take it back."""
    listening.retire_source(_source(pk), by=request.user)
    return HttpResponseRedirect(f"{reverse('manage:sources')}?taken_out={pk}")


@page(*MANAGERS, method="POST")
def restore(request: Request, pk: int) -> HttpResponse:
    """Take it back into the list."""
    found = get_object_or_404(ListeningSource, pk=pk)
    try:
        back = listening.restore_source(found, by=request.user)
    except Refusal as refusal:
        return _done(request, str(refusal))
    return _done(request, f"“{back.name}” is back and goes on where it stopped.")


# --- pieces ----------------------------------------------------------------------------------


def _saved(request: Request, kind: SourceKind, found: ListeningSource | None) -> HttpResponse:
    wanted = listening.WantedSource(
        kind.kind,
        request.POST.get("name", ""),
        {each.name: request.POST.get(each.name, "") for each in kind.settings},
        forgets=request.POST.get("forgets") == "on",
    )
    try:
        saved = listening.save_source(found, wanted, by=request.user)
    except Refusal as refusal:
        return _form(request, kind, found, refusal)
    word = "is read from now on" if saved.is_on else "is saved and stays paused"
    return _done(request, f"“{saved.name}” {word}.")


def _form(
    request: Request,
    kind: SourceKind,
    found: ListeningSource | None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    # A secret somebody typed is never sent back, not even to them.
    stored = found.settings if found else {}
    typed = {
        each.name: request.POST.get(each.name, stored.get(each.name, each.default))
        for each in kind.open_settings
    }
    context = screen.frame_context(request) | {
        "kind": kind,
        "source": found,
        "has_secret": bool(found and getattr(found, "has_secret", False)),
        "health": source_health(found) if found else None,
        "name": request.POST.get("name", found.name if found else ""),
        "typed": typed,
        "refusal": str(refusal) if refusal else "",
    }
    response = screen.render(request, "manage/source.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("manage:sources"))


def _source(pk: int) -> ListeningSource:
    return get_object_or_404(sources_listed(), pk=pk)


def _kind(name: str) -> SourceKind:
    kind = source_kinds().get(name)
    if kind is None:
        raise Http404(name)
    return kind
