"""Answers that were taken back, with what had stood there and what stands instead."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from harken.domain.people.models import Role
from harken.domain.replies.models_retraction import Retraction
from harken.domain.replies.queries_retractions import retractions as known_to
from harken.domain.replies.queries_retractions import with_corrections
from harken.domain.replies.services import retract
from harken.kit import clock
from harken.kit.ids import number_in
from harken.kit.spreadsheet import csv_file
from harken.web import screen
from harken.web.access import Request, page

REPORTERS = (Role.LEAD, Role.MANAGER, Role.EXECUTIVE)
MOST = 50  # shown at once


@page(*REPORTERS)
def retractions(request: Request) -> HttpResponse:
    """The newest first, of the day `date` or of all; below the id `before`."""
    day = _day(request)
    found, before = _found(request, day), number_in(request.GET.get("before"))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = with_corrections(found[: MOST + 1])
    older = rows[MOST - 1].retraction.pk if len(rows) > MOST else 0
    context = screen.frame_context(request) | {"rows": rows[:MOST], "older": older, "day": day}
    return screen.render(request, "manage/retractions.html", context)


@page(*REPORTERS, method="POST")
def export(request: Request) -> HttpResponse:
    """The same as a file for a spreadsheet, all of it."""
    rows = retract.export(_found(request, _day(request)), by=request.user)
    response = StreamingHttpResponse(csv_file(rows), content_type="text/csv; charset=utf-8")
    name = f"retractions-{clock.now():%Y-%m-%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]  # Django's two kinds of answer share no type


def _found(request: Request, day: date | None) -> QuerySet[Retraction]:
    found = known_to(request.user)
    if day is None:
        return found
    start = datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=start.tzinfo)
    return found.filter(asked_at__gte=start, asked_at__lt=end)


def _day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat((request.POST or request.GET).get("date", ""))
    except ValueError:
        return None
