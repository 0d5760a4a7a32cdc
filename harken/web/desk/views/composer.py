"""Writing: drafts, the preview of the network, sending an answer, writing a note."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.notes import write_note
from harken.domain.conversations.services.private import LONGEST
from harken.domain.handover.services.say import ColleagueSpeaks, looked_over, returned, say
from harken.domain.replies.services.checked import Stopped
from harken.domain.replies.services.draft import save_draft
from harken.domain.replies.services.send import AlreadyAnswered, Before, ThreadMoved
from harken.domain.replies.services.send import send as send_reply
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk import later, mentioning, promising
from harken.web.desk.private_side import hints
from harken.web.desk.snoozing import shown, zone
from harken.web.desk.views import composing
from harken.web.desk.views.conversation import changed_context, visible
from harken.web.desk.views.reread import shown_again, shown_privately


@page(*WRITERS, method="POST")
def draft(request: Request, pk: int) -> HttpResponse:
    """Keep what was typed. Notes and private texts are kept by the browser only.

    A draft is one of a public answer, and nothing else may ever come up in its place. A private
    text that was taken back is kept until its author sends one or empties the field.
    """
    found = visible(request, pk)
    if request.POST.get("kind") == "private" and not composing.text(request).strip():
        returned(found, by=request.user)
    elif request.POST.get("kind") not in {"note", "private"}:
        save_draft(
            found,
            body=composing.text(request),
            by=request.user,
            client_key=composing.given_key(request),
        )
    return HttpResponse(status=204)


@page(*WRITERS, method="POST")
def preview(request: Request, pk: int) -> HttpResponse:
    """How the network counts the text and what it makes of it."""
    found = visible(request, pk)
    text = composing.text(request)
    context: dict[str, Any] = {"kind": request.POST.get("kind", "public"), "text": text}
    if context["kind"] == "note":
        context |= mentioning.hints(found, text, request.POST.get("word", ""))
    elif context["kind"] == "private":
        looked = looked_over(found, text, by=request.user) if text.strip() else []
        context |= {"hints": hints(looked), "left": LONGEST - len(text)}
    else:
        connector = pure_connector(found.channel)
        context |= {"length": connector.length(text), "spans": connector.preview(text)}
    return screen.render(request, "desk/preview.html", context)


@page(*WRITERS, method="POST")
def send(request: Request, pk: int) -> HttpResponse:
    """Take an answer (it can be undone for some seconds), a private text or a note."""
    found = visible(request, pk)
    if request.POST.get("kind") == "note":
        note = write_note(
            found, body=composing.text(request), client_key=composing.key(request), by=request.user
        )
        return _taken(request, found, {"said": mentioning.said(note)})
    if request.POST.get("kind") == "private":
        return _send_in_private(request, found)
    try:
        reply = send_reply(
            found,
            body=composing.signed_text(request),
            client_key=composing.key(request),
            by=request.user,
            **composing.before(request) | Before(go_at=later.asked_for(request, found)),
        )
    except (AlreadyAnswered, Stopped, ThreadMoved, later.NotAMoment) as refusal:
        # Seen, and once more: the browser puts it where the answer was read again.
        response = shown_again(request, found, str(refusal))
        response.status_code = AlreadyAnswered.status
        return response
    promising.confirm(request, reply)
    at = "" if reply.go_at is None else shown(reply.go_at, zone(request))
    return _taken(request, found, {"sent": reply, "sent_at": at})


def _send_in_private(request: Request, found: Conversation) -> HttpResponse:
    alongside = request.POST.get("alongside") == "1"
    try:
        text = say(
            found,
            body=composing.text(request),
            client_key=composing.key(request),
            by=request.user,
            **composing.before(request) | Before(again=alongside),
        )
    except (ColleagueSpeaks, Stopped, ThreadMoved) as refusal:
        seen = alongside or isinstance(refusal, ColleagueSpeaks)
        response = shown_privately(request, found, str(refusal), alongside=seen)
        response.status_code = AlreadyAnswered.status
        return response
    return _taken(request, found, {"said": "Sent in private", "held_text": text})


def _taken(request: Request, found: Conversation, more: dict[str, Any]) -> HttpResponse:
    context = changed_context(request, found.pk) | more
    response = screen.render(request, "desk/changed.html", context)
    response["HX-Trigger"] = json.dumps({"harken:accepted": {"conversation": found.pk}})
    return response
