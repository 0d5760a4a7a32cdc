"""The inbox: the list of a view, its rows as they change, counts and pulse."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from harken.domain.conversations import queries
from harken.domain.conversations.filters import Filter, written
from harken.domain.conversations.queries import Row, in_view
from harken.domain.conversations.queries_asked import asked
from harken.domain.followups.queries import promised_in
from harken.domain.lookups import look_up
from harken.domain.replies.queries import drafted_by
from harken.domain.triage.queries import marks
from harken.web import errors, screen
from harken.web.access import ANYONE, EVERYBODY, Request, page
from harken.web.desk.narrowing import narrowing
from harken.web.desk.promising import due_words
from harken.web.desk.rows import Look, drawn

FIRST_VIEW = "hot"
MOST_ROWS = 50  # of a request for single rows


@page(*EVERYBODY)
def home(request: Request) -> HttpResponse:
    """The desk is where everybody starts."""
    del request
    return HttpResponseRedirect(reverse("desk:inbox"))


@page(*EVERYBODY)
def inbox(request: Request) -> HttpResponse:
    """A view's list with nothing open; what a form left empty is taken out of its address."""
    view = asked_view(request)
    if any(value == "" for value in request.GET.values()):
        return HttpResponseRedirect(f"{reverse('desk:inbox')}?view={view}")
    return screen.render(request, "desk/desk.html", inbox_context(request))


@page(*EVERYBODY)
def rows(request: Request) -> HttpResponse:
    """Rows of a view: those of `ids` that are in it, or a page (`before` goes on below)."""
    view = asked_view(request)
    wanted = request.GET.get("ids")
    if wanted is None:
        return screen.render(request, "desk/_rows.html", _page(request, view))
    ids = [int(text) for text in wanted.split(",")[:MOST_ROWS] if text.isascii() and text.isdigit()]
    found = queries.rows(request.user, view, ids)
    look = Look(view, asked(request.user, view).order, request.user.pk)
    context = {"rows": _shown(request, found, look), "next": None, "view": view}
    return screen.render(request, "desk/_rows.html", context)


@page(*EVERYBODY)
def counts(request: Request) -> HttpResponse:
    """The insides of the left column and of the pulse, after something happened."""
    view = asked_view(request) if "view" in request.GET else ""
    context = screen.counts_context(request, view)
    return screen.render(request, "desk/counts.html", context)


@page(ANYONE)
def offline(request: Request) -> HttpResponse:
    """What a browser keeps to show when the network is away."""
    return errors.offline(request)


def asked_view(request: Request) -> str:
    """The view in the address, as it is written. Raises `Http404` for one that does not exist."""
    base = request.GET.get("view", FIRST_VIEW)
    known = base in queries.VIEWS or base.startswith(("team:", "saved:"))
    if not known:
        raise Http404(base)
    try:
        view = written(base, Filter.of(dict(request.GET.lists())))
        asked(request.user, view)
    except ValueError as error:
        raise Http404(base) from error
    return view


def page_view(request: Request) -> str:
    """The view of the page a fragment is asked from, as it is written; the first one if unknown."""
    here = parse_qs(urlsplit(request.htmx.current_url or request.get_full_path()).query)
    try:
        view = written(here.get("view", [FIRST_VIEW])[0], Filter.of(here))
        in_view(request.user, view)
    except ValueError:
        return FIRST_VIEW
    return view


def inbox_context(request: Request, *, current: int | None = None) -> dict[str, Any]:
    """All of a desk page but the open conversation; `current` marks its row."""
    view = asked_view(request)
    around = screen.frame_context(request, view=view)
    links = [*around["links"], *around["saved_links"], *around["team_links"]]
    link = next((link for link in links if link.current), None)
    if link is None:
        raise Http404(view)
    heading = {"title": link.label, "hint": link.hint, "pane": None}
    narrowed = {"narrowed": narrowing(request.user, view), "whole": link.href}
    return around | heading | narrowed | _page(request, view, current=current)


def _page(request: Request, view: str, *, current: int | None = None) -> dict[str, Any]:
    try:
        listing = queries.inbox(request.user, view, before=request.GET.get("before"))
    except ValueError as error:
        raise Http404(view) from error
    look = Look(view, listing.order, request.user.pk)
    shown = _shown(request, listing.rows, look, current=current)
    return {"rows": shown, "next": listing.next, "view": view}


def _shown(
    request: Request, found: list[Row], look: Look, *, current: int | None = None
) -> list[str]:
    ids = [row.id for row in found]
    known = look_up(
        tags=queries.tags_of(ids),
        drafted=drafted_by(request.user, ids),
        marks=marks(ids),
        promised=promised_in(ids),
    )
    for row in found:
        row.tags = known["tags"].get(row.id, ())
        row.has_draft = row.id in known["drafted"]
        due = known["promised"].get(row.id)
        row.promised = due_words(due) if due else ""
    return [drawn(row, look, current=current, mark=known["marks"].get(row.id)) for row in found]
