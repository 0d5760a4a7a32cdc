"""What we told customers we would do: the list, and saying that one is done or does not count."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from harken.domain.followups.finder import Clock, moment_in
from harken.domain.followups.models import FollowUp
from harken.domain.followups.queries import LISTS, due_between, followups_of, listed
from harken.domain.followups.services import done as call_done
from harken.domain.followups.services import drop as drop_it
from harken.domain.followups.services import write_down
from harken.domain.sla.work_time import work_time_of
from harken.kit import clock
from harken.kit.refusals import Invalid
from harken.web import screen
from harken.web.access import EVERYBODY, WRITERS, Request, page
from harken.web.desk.snoozing import shown, zone
from harken.web.desk.views.actions import changed
from harken.web.desk.views.conversation import visible
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
def followup_add(request: Request, pk: int) -> HttpResponse:
    """Write down `what` was promised otherwise, `by` a moment in people's words."""
    found = visible(request, pk)
    here = zone(request)
    by = Clock(clock.now(), here, work_time_of(found, here))
    due_at = moment_in(request.POST.get("by", "")[:64], by)
    if due_at is None:
        raise Invalid("Say by when: friday, tomorrow 14:00, in 2 days.")
    made = write_down(found, what=request.POST.get("what", ""), due_at=due_at, by=request.user)
    return changed(request, found, f"You are reminded: {shown(made.due_at, here)}")


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
