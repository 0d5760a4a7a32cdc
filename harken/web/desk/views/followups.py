"""What we told customers we would do: the list, and saying that one is done or does not count."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from harken.domain.followups.models import FollowUp
from harken.domain.followups.queries import LISTS, due_between, followups_of, listed
from harken.domain.followups.services import done as call_done
from harken.domain.followups.services import drop as drop_it
from harken.web import screen
from harken.web.access import EVERYBODY, WRITERS, Request, page
from harken.web.desk.views.actions import changed
from harken.web.errors import is_fragment

MOST = 200  # lines shown
NAMES = {"open": "To do", "broken": "Overdue", "done": "Done"}
STATES = {"open": "to do", "broken": "overdue", "kept": "done", "late": "done late"}


@page(*EVERYBODY)
def followups(request: Request) -> HttpResponse:
    """One list (`list`: open, broken, done), theirs or everybody's (`of=all`); or a `day`'s."""
    which, everybody = request.GET.get("list", "open"), request.GET.get("of") == "all"
    if which not in LISTS:
        raise Http404(which)
    day = _day(request.GET.get("day", ""))
    if day is None:
        lines = listed(request.user, which, mine=not everybody)
        lines = lines.order_by("-kept_at", "-pk") if which == "done" else lines
    else:
        lines = _of_day(request, day)
    context: dict[str, Any] = screen.frame_context(request) | {
        "which": which,
        "everybody": everybody,
        "day": day,
        "names": NAMES,
        "states": STATES,
        "lines": list(lines[:MOST]),
    }
    return screen.render(request, "desk/followups.html", context)


@page(*WRITERS, method="POST")
def followup_done(request: Request, pk: int) -> HttpResponse:
    """It is done, although nothing was written."""
    found = call_done(_followup(request, pk), by=request.user)
    return _said(request, found, "Done")


@page(*WRITERS, method="POST")
def followup_drop(request: Request, pk: int) -> HttpResponse:
    """It does not count."""
    found = drop_it(_followup(request, pk), by=request.user)
    return _said(request, found, "It does not count any more")


def _followup(request: Request, pk: int) -> FollowUp:
    return get_object_or_404(followups_of(request.user), pk=pk)


def _said(request: Request, found: FollowUp, said: str) -> HttpResponse:
    if is_fragment(request):
        return changed(request, found.conversation, said)
    return HttpResponseRedirect(reverse("desk:followups"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_day(request: Request, day: date) -> Any:
    start = datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())
    following = start + timedelta(days=1, hours=12)
    return due_between(request.user, start, following.replace(hour=0))
