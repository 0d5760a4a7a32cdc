"""A view, or what a search found, as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.text import slugify

from harken.domain.conversations import queries
from harken.domain.conversations.services import export as taking
from harken.kit import clock
from harken.kit.spreadsheet import csv_file
from harken.web.access import EVERYBODY, Request, page
from harken.web.desk.views.search import asked_filters


@page(*EVERYBODY, method="POST")
def export(request: Request) -> HttpResponse:
    """The conversations of the view `view`, as many as there are."""
    view = request.POST.get("view", "")
    try:
        found = queries.in_view(request.user, view)
    except ValueError as error:
        raise Http404(view) from error
    return _file(taking.export(found, what=view, by=request.user), view)


@page(*EVERYBODY, method="POST")
def export_search(request: Request) -> HttpResponse:
    """What the words `q` find with the same filters as the search page."""
    words = request.POST.get("q", "").strip()
    rows = taking.export_search(words, asked_filters(request.POST), by=request.user)
    return _file(rows, "search")


def _file(rows: Iterator[Iterable[Any]], name: str) -> HttpResponse:
    stamp = clock.now().strftime("%Y-%m-%d-%H%M")
    response = StreamingHttpResponse(csv_file(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(name)}-{stamp}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]  # Django's two kinds of answer share no type
