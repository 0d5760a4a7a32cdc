"""Escalating, acknowledging, deciding; the board of what is open, and one escalation.

A page of its own for each escalation, made for a phone: who, what, why, one large button, and the
answer below it through the same door as everywhere.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from harken.domain.escalation.models import Escalation
from harken.domain.escalation.queries import escalations_of
from harken.domain.escalation.services import acknowledge as take_escalation
from harken.domain.escalation.services import decide as decide_escalation
from harken.domain.escalation.services import escalate as raise_escalation
from harken.domain.escalation.services import withdraw as withdraw_escalation
from harken.kit.ids import id_in
from harken.web import screen
from harken.web.access import EVERYBODY, WRITERS, Request, page
from harken.web.desk.escalating import board
from harken.web.desk.views.actions import changed
from harken.web.desk.views.conversation import pane_context, visible
from harken.web.errors import is_fragment

MOST_ROWS = 50  # of a request for single rows


@page(*EVERYBODY)
def escalations(request: Request) -> HttpResponse:
    """What is escalated and not decided, most pressing first."""
    return screen.render(request, "desk/escalations.html", _around(request) | {"pane": None})


@page(*EVERYBODY)
def escalation_rows(request: Request) -> HttpResponse:
    """Rows of the board: those of the conversations in `ids`, or all."""
    asked = request.GET.get("ids")
    wanted = None
    if asked is not None:
        texts = asked.split(",")[:MOST_ROWS]
        wanted = [int(text) for text in texts if text.isascii() and text.isdigit()]
    context = {"board": board(request.user, wanted), "current": None}
    return screen.render(request, "desk/_board.html", context)


@page(*EVERYBODY)
def escalation(request: Request, pk: int) -> HttpResponse:
    """One escalation with its conversation; only the pane for a row's own request."""
    found = visible(request, _escalation(request, pk).conversation_id)
    if is_fragment(request):
        return screen.render(request, "desk/pane.html", pane_context(request, found))
    context = _around(request, current=found.pk) | pane_context(request, found)
    return screen.render(request, "desk/escalations.html", context)


@page(*WRITERS, method="POST")
def escalate(request: Request, pk: int) -> HttpResponse:
    """Call for somebody who may decide more: `kind` and `reason`."""
    found = visible(request, pk)
    asked = request.POST
    kind, reason = asked.get("kind", ""), asked.get("reason", "")
    raised = raise_escalation(found, kind=kind, reason=reason, by=request.user)
    return changed(request, found, f"Escalated: {raised.get_kind_display().lower()}")


@page(*WRITERS, method="POST")
def acknowledge(request: Request, pk: int) -> HttpResponse:
    """The reader has it; nobody else is paged."""
    found = take_escalation(_escalation(request, pk), by=request.user)
    return changed(request, found.conversation, "You have it. Nobody else is paged.")


@page(*WRITERS, method="POST")
def decide(request: Request, pk: int) -> HttpResponse:
    """End the escalation `escalation` of this conversation with what is to be done."""
    found, chosen = visible(request, pk), request.POST.get("escalation", "")
    escalation = get_object_or_404(Escalation, pk=id_in(chosen), conversation=found)
    decide_escalation(escalation, decision=request.POST.get("decision", ""), by=request.user)
    return changed(request, found, "Decided")


@page(*WRITERS, method="POST")
def withdraw(request: Request, pk: int) -> HttpResponse:
    """It was not needed."""
    found = withdraw_escalation(_escalation(request, pk), by=request.user)
    return changed(request, found.conversation, "Withdrawn. Nobody is paged any more.")


def _escalation(request: Request, pk: int) -> Escalation:
    return get_object_or_404(escalations_of(request.user), pk=pk)


def _around(request: Request, *, current: int | None = None) -> dict[str, Any]:
    """All of the board's page but the open conversation; `current` marks its row."""
    heading = {"title": "Escalations", "hint": "who still waits first", "view": ""}
    found = {"board": board(request.user), "current": current}
    return screen.frame_context(request) | heading | found
