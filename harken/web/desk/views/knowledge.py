"""What we know, beside the composer: finding saved answers, the guideline, strong examples."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from harken.domain.conversations.models import Message
from harken.domain.conversations.queries import visible_to
from harken.domain.knowledge.queries import best, offered
from harken.domain.knowledge.queries_beside import guideline_for, promoted
from harken.domain.knowledge.services import examples
from harken.domain.knowledge.services.guidelines import confirm
from harken.domain.knowledge.services.uses import note_inserted
from harken.kit.ids import id_in
from harken.kit.refusals import Invalid
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk.views.actions import changed
from harken.web.desk.views.conversation import visible

LONGEST = 80  # characters looked for


@page(*WRITERS)
def find_answers(request: Request, pk: int) -> HttpResponse:
    """The saved answers that fit what was typed; what the customer asks when nothing was."""
    found = visible(request, pk)
    offers = best(request.user, request.GET.get("q", "")[:LONGEST], found)
    return screen.render(request, "desk/finder.html", {"offers": offers})


@page(*WRITERS, method="POST")
def begin(request: Request, pk: int) -> HttpResponse:
    """A text begins from a saved answer."""
    found = visible(request, pk)
    answer = get_object_or_404(offered(found), pk=id_in(request.POST.get("answer", "")))
    note_inserted(found, answer, by=request.user)
    return HttpResponse(status=204)


@page(*WRITERS, method="POST")
def confirm_guideline(request: Request, pk: int) -> HttpResponse:
    """The reader has read the guideline that stands beside this conversation."""
    found = visible(request, pk)
    spoken = guideline_for(request.user, found)
    if spoken is None:
        raise Invalid("There is no guideline for this topic any more.")
    version = id_in(request.POST.get("version"))
    confirm(spoken.guideline, version=version, by=request.user)
    return changed(request, found, "Noted that you have read it")


@page(*WRITERS)
def strong(request: Request, pk: int) -> HttpResponse:
    """The question why this answer of ours is worth learning from."""
    message = _message(request, pk)
    context = {"answer": message, "held": promoted([message.pk]).get(message.pk)}
    return screen.render(request, "desk/strong.html", context)


@page(*WRITERS, method="POST")
def promote(request: Request, pk: int) -> HttpResponse:
    """Make an answer of ours a strong example."""
    message = _message(request, pk)
    examples.promote(message, request.POST.get("why", ""), by=request.user)
    return changed(request, message.conversation, "Kept as a strong example")


@page(*WRITERS, method="POST")
def drop_example(request: Request, pk: int) -> HttpResponse:
    """It is no strong example any more."""
    message = _message(request, pk)
    examples.drop(message, by=request.user)
    return changed(request, message.conversation, "No example any more")


def _message(request: Request, pk: int) -> Message:
    found = Message.objects.filter(conversation__in=visible_to(request.user))
    return get_object_or_404(found.select_related("conversation__channel"), pk=pk)
