"""The queue of approvals, and one of them: the words changed in place, approved or returned."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.approvals.models import Approval
from harken.domain.approvals.queries import approvals_of, last_wording, may_approve
from harken.domain.approvals.queries_rules import voice_of
from harken.domain.approvals.services import decide
from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.services.private import LONGEST
from harken.domain.handover.models import PrivateText
from harken.domain.handover.services import say
from harken.domain.replies.models import ReplyState
from harken.domain.replies.queries_moved import moved_since, place_in
from harken.domain.replies.queries_reading import looked_over
from harken.kit.connector import Length
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk.approving import asked_steps, called_for, changes, compared, queue
from harken.web.desk.checking import shown
from harken.web.desk.views import composing
from harken.web.desk.views.conversation import thread_context, visible
from harken.web.desk.views.reread import told_lines
from harken.web.errors import is_fragment

MOST_ROWS = 50  # of a request for single rows


@page(*WRITERS)
def approvals(request: Request) -> HttpResponse:
    """What waits for the reader's word, and what of theirs waits for others'."""
    return screen.render(request, "desk/approvals.html", _around(request) | {"approval": None})


@page(*WRITERS)
def approval_rows(request: Request) -> HttpResponse:
    """Rows of the queue: those of the conversations in `ids`, or all."""
    asked = request.GET.get("ids")
    wanted = None
    if asked is not None:
        texts = asked.split(",")[:MOST_ROWS]
        wanted = [int(text) for text in texts if text.isascii() and text.isdigit()]
    context = {"queue": queue(request.user, wanted), "current": None}
    return screen.render(request, "desk/_queue.html", context)


@page(*WRITERS)
def voice(request: Request) -> HttpResponse:
    """Made for a phone: what waits for the reader's own voice, and who waits for them."""
    return screen.render(
        request,
        "desk/voice.html",
        screen.frame_context(request)
        | {
            "voice": voice_of(request.user),
            "drafts": [row for row in queue(request.user) if row.of.voice_id],
            "called": called_for(request.user),
        },
    )


@page(*WRITERS)
def approval(request: Request, pk: int) -> HttpResponse:
    """One answer that waits, with its thread; only the pane for a row's own request."""
    found = _approval(request, pk)
    return _shown(request, found, last_wording(found).body)


@page(*WRITERS, method="POST")
def try_wording(request: Request, pk: int) -> HttpResponse:
    """What the words typed so far change, how they look and what the checks say of them."""
    found = _approval(request, pk)
    return screen.render(request, "desk/_wording.html", _words(found, composing.text(request)))


@page(*WRITERS, method="POST")
def approve(request: Request, pk: int) -> HttpResponse:
    """Agree to the words in the field; they go on their way."""
    found, text = _approval(request, pk), composing.text(request)
    before = composing.before(request)
    try:
        sent = decide.approve(
            found,
            by=request.user,
            body=text,
            number=composing.number(request, "wording"),
            read_up_to=before.get("read_up_to"),
            confirmed=before.get("confirmed"),
        )
    except Refusal as refusal:
        return _again(request, found, text, refusal)
    held = sent.state == ReplyState.HELD
    may_undo = request.user.can_manage or sent.author_id == request.user.pk
    # A private text has a countdown of its own; without one it is said already.
    undo = "desk:undo_private" if isinstance(sent, PrivateText) else "desk:undo"
    context = {
        "sent": sent if held else None,
        "undo_url": reverse(undo, args=[sent.pk]) if may_undo else "",
        "said": "Approved",
    }
    return _decided(request, context)


@page(*WRITERS, method="POST")
def keep_wording(request: Request, pk: int) -> HttpResponse:
    """Keep the words in the field without deciding: somebody else may read them then."""
    found, text = _approval(request, pk), composing.text(request)
    number = composing.number(request, "wording")
    try:
        decide.edit(found, body=text, number=number, by=request.user)
    except Refusal as refusal:
        return _again(request, found, text, refusal)
    return _shown(request, _approval(request, pk), text, "Your words are kept; it still waits.")


@page(*WRITERS, method="POST")
def give_back(request: Request, pk: int) -> HttpResponse:
    """Return it to its writer with the note `note`."""
    found = _approval(request, pk)
    try:
        decide.give_back(found, note=request.POST.get("note", ""), by=request.user)
    except Refusal as refusal:
        return _again(request, found, last_wording(found).body, refusal)
    return _decided(request, {"sent": None, "undo_url": "", "said": "Returned with your note"})


# --- pieces ----------------------------------------------------------------------------------


def _approval(request: Request, pk: int) -> Approval:
    return get_object_or_404(approvals_of(request.user), pk=pk)


def _shown(request: Request, found: Approval, text: str, said: str = "") -> HttpResponse:
    context = _pane(request, found, text) | {"said": said}
    if is_fragment(request):
        return screen.render(request, "desk/_approval.html", context)
    context = _around(request, current=found.pk) | context
    return screen.render(request, "desk/approvals.html", context)


def _again(request: Request, found: Approval, text: str, refusal: Refusal) -> HttpResponse:
    """The page once more, with the words as they were typed and what stands against them."""
    if refusal.status != Refusal.status and is_fragment(request):
        raise refusal
    response = _shown(request, _approval(request, found.pk), text, str(refusal))
    response.status_code = refusal.status
    return response


def _decided(request: Request, context: dict[str, Any]) -> HttpResponse:
    if not is_fragment(request):
        return HttpResponseRedirect(reverse("desk:approvals"))
    left = queue(request.user)
    upcoming = left[0] if left and not left[0].theirs else None
    return screen.render(request, "desk/decided.html", context | {"upcoming": upcoming})


def _around(request: Request, *, current: int | None = None) -> dict[str, Any]:
    """All of the page but the open approval; `current` marks its row."""
    heading = {"title": "Approvals", "hint": "least time left first", "view": "", "name": ""}
    rows = {"queue": queue(request.user), "current": current, "pane": None, "said": ""}
    return screen.frame_context(request) | heading | rows


def _pane(request: Request, found: Approval, text: str) -> dict[str, Any]:
    """One approval with its thread, in the words `text`."""
    conversation = visible(request, found.conversation_id)
    read_up_to = composing.number(request, "read_up_to")
    # The place before the thread: what comes between was not seen.
    place = place_in(conversation)
    since = place if read_up_to is None else read_up_to
    moved = moved_since(conversation, since, but_by=request.user)
    return (
        thread_context(request, conversation)
        | _words(found, text)
        | {
            "pane": conversation,
            "read_up_to": place,
            "lines": told_lines(conversation, moved),
            "may": found.is_open and may_approve(request.user, found),
            "steps": list(found.steps.all()),
            "waits_for": ", ".join(str(step.person) for step in asked_steps(found)),
        }
    )


def _words(found: Approval, text: str) -> dict[str, Any]:
    """The words as they are typed: what changed, how they will look, what the checks say."""
    conversation, author, wordings = found.conversation, found.of.author, list(found.wordings.all())
    body = text.strip()
    look = say.looked_over if found.is_private else looked_over
    findings = look(conversation, body, by=author)
    return {
        "approval": found,
        "text": text,
        "number": wordings[-1].number,
        "changes": changes(wordings),
        "pieces": compared(wordings[-1].body, body),
        "is_changed": body != wordings[-1].body,
        **_as_it_leaves(found, body),
        "findings": shown(findings, text, body, conversation=conversation, by=author),
    }


def _as_it_leaves(found: Approval, body: str) -> dict[str, Any]:
    """How the words will stand there: at the network, or on the customer's own page."""
    if found.is_private:
        return {"private": body, "length": Length(len(body), LONGEST)}
    connector = pure_connector(found.conversation.channel)
    return {"spans": connector.preview(body), "length": connector.length(body)}
