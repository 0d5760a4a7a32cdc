"""A person's word on what triage said of a conversation."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from harken.domain.triage.queries import newest_judgement
from harken.domain.triage.services.correct import agree, correct
from harken.web.access import WRITERS, Request, page
from harken.web.desk.views.actions import changed
from harken.web.desk.views.conversation import visible


@page(*WRITERS, method="POST")
def sort(request: Request, pk: int) -> HttpResponse:
    """Say `label` to `question`; without a question: all of it is right."""
    found = visible(request, pk)
    judgement = newest_judgement(found)
    if judgement is None:
        raise Http404("triage has not looked at it yet")
    question = request.POST.get("question", "")
    if question:
        correct(judgement, question, request.POST.get("label", ""), by=request.user)
    else:
        agree(judgement, by=request.user)
    said = "Learnt" if question else "All of it is right"
    return changed(request, found, said)
