"""A private talk from the desk: handing over to it, taking back what one said, calls wanted."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.handover.models import CallOutcome, HandOver
from harken.domain.handover.queries import call_backs as calls_of
from harken.domain.handover.queries import kept_and_broken, open_calls, private_texts
from harken.domain.handover.services.end import end, finish_call
from harken.domain.handover.services.hand_over import hand_over as prepare
from harken.domain.handover.services.say import undo
from harken.kit.ids import id_in
from harken.kit.refusals import Invalid
from harken.web import screen
from harken.web.access import EVERYBODY, WRITERS, Request, page
from harken.web.desk.rows import badge
from harken.web.desk.views import composing
from harken.web.desk.views.actions import changed
from harken.web.desk.views.conversation import visible
from harken.web.errors import is_fragment


@page(*WRITERS, method="POST")
def hand_over(request: Request, pk: int) -> HttpResponse:
    """Put an acknowledgement with a link to a private talk into the reader's answer."""
    found = visible(request, pk)
    prepare(found, by=request.user)
    said = "The link stands in your answer. Read it again and send it in public."
    return changed(request, found, said, composer=True)


@page(*WRITERS, method="POST")
def undo_private(request: Request, pk: int) -> HttpResponse:
    """Take a private text back before the customer reads it; it is in the composer again.

    What its author has begun to write meanwhile stays: in private below it, else where it is.
    """
    text = get_object_or_404(private_texts(request.user), pk=pk)
    mine = text.author_id == request.user.pk
    typed = composing.text(request) if mine else ""
    in_private = request.POST.get("kind") == "private"
    undo(text, by=request.user, typed=typed if in_private else "")
    into_composer = mine and (in_private or not typed.strip())
    said = "Taken back, they never saw it"
    return changed(request, text.hand_over.conversation, said, composer=into_composer)


@page(*WRITERS, method="POST")
def end_talk(request: Request, pk: int) -> HttpResponse:
    """End the private talk of this conversation."""
    found = visible(request, pk)
    talk = get_object_or_404(
        HandOver.objects.select_related("conversation"),
        conversation=found,
        pk=id_in(request.POST.get("talk", "")),
    )
    end(talk, by=request.user)
    return changed(request, found, "The private talk is over", composer=True)


@page(*EVERYBODY)
def call_backs(request: Request) -> HttpResponse:
    """The calls to be made, the one promised first on top."""
    kept, broken = kept_and_broken(request.user)
    context = screen.frame_context(request) | {
        "calls": [
            (call, badge(call.hand_over.conversation.channel.network))
            for call in open_calls(request.user)
        ],
        "kept": kept,
        "broken": broken,
        "outcomes": CallOutcome.choices,
    }
    return screen.render(request, "desk/call_backs.html", context)


@page(*WRITERS, method="POST")
def call_done(request: Request, pk: int) -> HttpResponse:
    """Somebody called, or no call is needed: `outcome`."""
    outcome = request.POST.get("outcome", "")
    if outcome not in CallOutcome.values:
        raise Invalid("Say how the call went: reached, nobody answered, or not needed.")
    call = finish_call(get_object_or_404(calls_of(request.user), pk=pk), outcome, by=request.user)
    if is_fragment(request):
        found = visible(request, call.hand_over.conversation_id)
        return changed(request, found, f"Noted: {CallOutcome(outcome).label.lower()}")
    return HttpResponseRedirect(reverse("desk:call_backs"))
