"""How far a change of many is, as a toast that goes on by itself."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from harken.domain.bulk.models import BulkChange, Progress
from harken.domain.bulk.queries import tally
from harken.kit import clock
from harken.web import screen
from harken.web.access import Request
from harken.web.errors import is_fragment

UNDO_SHOWN = timedelta(seconds=30)


def told(request: Request, change: BulkChange, *, begun: str = "") -> HttpResponse:
    """The toast of a change. Begun from the dialog of the view `begun`: that closes, and the
    chosen rows are let go. A browser without scripts gets the page of recent changes.
    """
    if not is_fragment(request):
        return HttpResponseRedirect(reverse("desk:changes"))
    context = progress_context(change) | {"begun": begun, "view": begun}
    response = screen.render(request, "desk/bulk_told.html", context)
    if begun:
        response["HX-Trigger"] = "harken:unchoose"
    return response


def progress_context(change: BulkChange) -> dict[str, object]:
    """What the toast is made of."""
    counted = tally(change)
    at_work = change.state in {Progress.RUNNING, Progress.UNDOING}
    can_undo = change.state in {Progress.DONE, Progress.STOPPED} and counted["changed"]
    return {
        "change": change,
        "counted": counted,
        "total": sum(counted.values()),
        "at_work": at_work,
        "undo_until": clock.now() + UNDO_SHOWN if can_undo else None,
    }
