"""Reading an answer once more, as the public will see it, before the second key sends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.conversations.services.private import LONGEST
from harken.domain.handover.services import say
from harken.domain.replies.gates import gate_for
from harken.domain.replies.models_retraction import Retraction
from harken.domain.replies.queries_moved import Moved, moved_since, place_in
from harken.domain.replies.queries_retractions import corrects
from harken.domain.replies.services import checked
from harken.domain.replies.services.send import AlreadyAnswered, rehearse
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk import later, promising
from harken.web.desk.checking import shown
from harken.web.desk.rows import badge
from harken.web.desk.thread import pictures
from harken.web.desk.views import composing
from harken.web.desk.views.conversation import visible


@page(*WRITERS, method="POST")
def reread(request: Request, pk: int) -> HttpResponse:
    """What the answer will look like, what the checks say of it, and what happened meanwhile."""
    found = visible(request, pk)
    if request.POST.get("kind") == "private":
        return shown_privately(request, found)
    return shown_again(request, found)


@page(*WRITERS)
def send_at(request: Request, pk: int) -> HttpResponse:
    """What the words beside the second send key mean."""
    said = later.understood(request, visible(request, pk), request.GET.get("send_at", ""))
    return screen.render(request, "desk/_understood.html", {"understood": said})


def shown_again(request: Request, found: Conversation, said: str = "") -> HttpResponse:
    """The re-read view of what is in the form; `said` is why it comes again, after a refusal."""
    before, text = composing.before(request), composing.text(request)
    # The place first: what happens while the rest is read stops the send once more.
    place = place_in(found)
    read_up_to = before.get("read_up_to")
    moved = moved_since(found, place if read_up_to is None else read_up_to, but_by=request.user)
    newest = _newest(found, before.get("seen"))
    about = rehearse(found, body=composing.signed_text(request), by=request.user, seen=newest)
    puts_right = corrects(found, composing.key(request))
    connector = pure_connector(found.channel)
    findings = checked.reread(
        found, body=about.body, client_key=composing.key(request), by=request.user
    )
    context = {
        "said": said,
        "name": found.contact.name or f"@{found.handle.handle}",
        "undo_seconds": found.channel.undo_seconds,
        "findings": shown(findings, text, about.body, conversation=found, by=request.user),
        "found": found,
        "network": badge(found.channel.network),
        "lines": told_lines(found, moved),
        "puts_right": puts_right,
        # Told once is enough: who goes back into public after a private talk has said so.
        "answered": None
        if before.get("again") or _is_instead(puts_right, about.answered)
        else about.answered,
        "gate": gate_for(found, about.body, request.user),
        "target": about.target,
        "images": pictures("message", about.target, found.pk),
        "target_is_new": about.target in [each.of for each in moved],
        "spans": connector.preview(about.body),
        "length": connector.length(about.body),
        "newest": newest,
        "read_up_to": place,
        "promises": promising.offers(request, found, about.body),
        **_moment(request, found),
    }
    return screen.render(request, "desk/reread.html", context)


def shown_privately(
    request: Request, found: Conversation, said: str = "", *, alongside: bool = False
) -> HttpResponse:
    """The same of a private text. `alongside`: a colleague's is on its way, and one has seen it."""
    before, text = composing.before(request), composing.text(request)
    place = place_in(found)
    read_up_to = before.get("read_up_to")
    moved = moved_since(found, place if read_up_to is None else read_up_to, but_by=request.user)
    body, findings = say.reread(
        found, body=text, client_key=composing.key(request), by=request.user
    )
    context = {
        "said": said,
        "alongside": alongside,
        "name": found.contact.name or f"@{found.handle.handle}",
        "undo_seconds": found.channel.undo_seconds,
        "findings": shown(findings, text, body, conversation=found, by=request.user),
        "found": found,
        "network": badge(found.channel.network),
        "lines": told_lines(found, moved),
        "text": body,
        "left": LONGEST - len(body),
        "gate": gate_for(found, body, request.user),
        "reader": request.user,
        "newest": _newest(found, before.get("seen")),
        "read_up_to": place,
    }
    return screen.render(request, "desk/reread_private.html", context)


def _moment(request: Request, found: Conversation) -> dict[str, Any]:
    """When it is to leave, in their words and as they are understood."""
    words = later.words(request)
    return {
        "later": request.POST.get("later") == "1" or bool(words),
        "send_at": words,
        "understood": later.understood(request, found, words),
    }


def _is_instead(puts_right: Retraction | None, answered: AlreadyAnswered | None) -> bool:
    """Whether the only answer there is was taken back, and this one comes in its place."""
    if puts_right is None or answered is None:
        return False
    return answered.reply is None or answered.reply.message_id == puts_right.action.message_id


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened meanwhile, as the page tells it."""

    moved: Moved
    who: str
    images: tuple[dict[str, Any], ...]


def told_lines(found: Conversation, moved: Iterable[Moved]) -> list[Line]:
    """What happened meanwhile, a line each."""
    return [_line(found, each) for each in moved]


def _line(found: Conversation, moved: Moved) -> Line:
    of = moved.of
    if isinstance(of, Message):
        theirs = of.direction == Direction.INBOUND
        name = found.contact.name or f"@{found.handle.handle}"
        who = name if theirs else str(of.author or "Our account")
        return Line(moved, who, pictures("message", of, found.pk))
    return Line(moved, str(of.author), ())


def _newest(found: Conversation, seen: int | None) -> int:
    """The newest customer message that is on the screen once this view is."""
    theirs = found.messages.filter(direction=Direction.INBOUND).order_by("-pk")
    newest = theirs.values_list("pk", flat=True).first() or 0
    return max(newest, seen or 0)
