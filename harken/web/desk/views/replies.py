"""What one does to a reply that was sent: undo, retract, edit again, settle by looking; likes."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Message
from harken.domain.conversations.queries import visible_to
from harken.domain.replies.models import Reply
from harken.domain.replies.models_retraction import RetractReason
from harken.domain.replies.services import network_actions, settle
from harken.domain.replies.services.retract import Wish
from harken.domain.replies.services.retract import retract as retract_message
from harken.domain.replies.services.schedule import reschedule
from harken.domain.replies.services.undo import undo as undo_reply
from harken.kit.refusals import Invalid
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk import later
from harken.web.desk.rows import badge
from harken.web.desk.snoozing import shown, zone
from harken.web.desk.views.actions import changed
from harken.web.desk.views.conversation import changed_context


@page(*WRITERS, method="POST")
def undo(request: Request, pk: int) -> HttpResponse:
    """Take an answer back before it leaves; its text is in the composer again."""
    reply = undo_reply(_reply(request, pk), by=request.user)
    mine = reply.author_id == request.user.pk
    said = "Taken back, nothing was sent"
    return changed(request, reply.conversation, said, composer=mine)


@page(*WRITERS, method="POST")
def move(request: Request, pk: int) -> HttpResponse:
    """Let a scheduled answer leave at another moment, `send_at` in people's words."""
    reply = _reply(request, pk)
    moment = later.read(request, reply.conversation, later.words(request))
    moved = reschedule(reply, moment, by=request.user)
    said = f"Leaves {shown(moment, zone(request))}"
    return changed(request, moved.conversation, said)


@page(*WRITERS, method="POST")
def edit_again(request: Request, pk: int) -> HttpResponse:
    """Put a refused answer's text into the composer."""
    reply = _reply(request, pk)
    settle.edit_again(reply, by=request.user)
    return changed(request, reply.conversation, "The text is back to be changed", composer=True)


@page(*WRITERS, method="POST")
def resolve(request: Request, pk: int) -> HttpResponse:
    """A person looked at the network: the answer stands there, or it does not."""
    reply = _reply(request, pk)
    was_sent = request.POST.get("was_sent")
    if was_sent not in {"yes", "no"}:
        raise Invalid("Say whether the answer stands at the network: yes or no.")
    settle.resolve_by_hand(
        reply, was_sent=was_sent == "yes", url=request.POST.get("url", ""), by=request.user
    )
    said = "Marked as delivered" if was_sent == "yes" else "It is sent once more"
    return changed(request, reply.conversation, said)


@page(*WRITERS, method="POST")
def retract(request: Request, pk: int) -> HttpResponse:
    """Delete our own answer at the network; what puts it right is read again at once."""
    message, given = _message(request, pk), request.POST
    wish = Wish(given.get("reason", ""), given.get("why", ""), given.get("correcting", ""))
    kept = retract_message(message, wish, by=request.user)
    corrected = kept.correcting_key is not None and bool(wish.correcting.strip())
    done = {"said": "The network is asked to delete it", "with_composer": corrected}
    context = changed_context(request, message.conversation_id) | done | {"read_now": corrected}
    return screen.render(request, "desk/retracted.html", context)


@page(*WRITERS)
def retracting(request: Request, pk: int) -> HttpResponse:
    """The inside of the dialog in which one says why an answer is taken back."""
    message = _message(request, pk)
    connector = pure_connector(message.channel)
    context = {
        "message": message,
        "reasons": RetractReason.choices,
        "limit": connector.capabilities.length_limit,
        "network": badge(message.channel.network),
    }
    return screen.render(request, "desk/retracting.html", context)


@page(*WRITERS, method="POST")
def like(request: Request, pk: int) -> HttpResponse:
    """Like a customer's post in the company's name."""
    message = _message(request, pk)
    network_actions.like(message, by=request.user)
    return changed(request, message.conversation, "Liked")


def _reply(request: Request, pk: int) -> Reply:
    seen = Reply.objects.filter(conversation__in=visible_to(request.user))
    return get_object_or_404(seen.select_related("conversation__channel", "author"), pk=pk)


def _message(request: Request, pk: int) -> Message:
    seen = Message.objects.filter(conversation__in=visible_to(request.user)).defer("raw", "words")
    return get_object_or_404(seen.select_related("conversation", "channel"), pk=pk)
