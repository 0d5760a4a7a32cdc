"""One conversation: what was said, who the person is, and where one answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language_info

from harken.domain.channels.models import ChannelState
from harken.domain.channels.registry import connector_classes
from harken.domain.conversations.models import CloseReason, Conversation, State
from harken.domain.conversations.queries import history, visible_to
from harken.domain.conversations.queries_topics import topic_tree
from harken.domain.departments.queries import owner_of
from harken.domain.people.models import Team
from harken.domain.people.queries import answering_people
from harken.domain.replies.queries import draft_of
from harken.domain.sla.queries import promise_of
from harken.domain.triage.queries import marks
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page
from harken.web.desk import thread
from harken.web.desk.rows import badge
from harken.web.desk.sorting import mark_words, sorted_as
from harken.web.desk.views.inbox import inbox_context
from harken.web.errors import is_fragment

EARLIER = 8  # conversations shown beside the thread
CHANNEL_NEEDS = {
    ChannelState.NEEDS_LOGIN: "This channel needs a new login.",
    ChannelState.PAUSED: "This channel is paused.",
    ChannelState.FAILING: "The network does not answer at the moment.",
}


@page(*EVERYBODY)
def conversation(request: Request, pk: int) -> HttpResponse:
    """The whole desk with this conversation open; only its pane for the list's own request."""
    found = visible(request, pk)
    if is_fragment(request):
        return screen.render(request, "desk/pane.html", pane_context(request, found))
    context = inbox_context(request, current=found.pk) | pane_context(request, found)
    return screen.render(request, "desk/desk.html", context)


@page(*EVERYBODY)
def messages(request: Request, pk: int) -> HttpResponse:
    """The inside of the thread and the head above it, after something happened."""
    return screen.render(
        request, "desk/messages.html", thread_context(request, visible(request, pk))
    )


def visible(request: Request, pk: int) -> Conversation:
    """The conversation, if this person may know about it. Raises `Http404`."""
    found = visible_to(request.user).select_related(
        "channel", "contact", "handle", "team", "topic", "assignee", "turn"
    )
    return get_object_or_404(found, pk=pk)


def pane_context(request: Request, found: Conversation) -> dict[str, Any]:
    """All of the pane: the thread, the composer, the pickers and the side column."""
    return (
        thread_context(request, found)
        | _composer(request, found)
        | _pickers(request, found)
        | _person(request, found)
    )


def thread_context(request: Request, found: Conversation) -> dict[str, Any]:
    """What the thread and its head are made of."""
    entries = thread.entries(found)
    asked = [entry for entry in entries if entry.kind == "inbound"]
    made = connector_classes().get(found.channel.network)
    mark = marks([found.pk]).get(found.pk)
    return {
        "pane": found,
        "sorting": sorted_as(found),
        "marks": (["threat"] if mark and mark.threat else []) + mark_words(mark),
        "name": found.contact.name or f"@{found.handle.handle}",
        "network": badge(found.channel.network),
        "entries": entries,
        "last_held": _last_held(entries, request.user.pk),
        "newest": max((entry.of.pk for entry in asked), default=0),
        "link": next((entry.url for entry in reversed(asked) if entry.url), ""),
        "can": made.capabilities if made else None,
        "can_write": request.user.can_answer,
        "channel_needs": CHANNEL_NEEDS.get(ChannelState(found.channel.state), ""),
        "reader": request.user,
        "owner": owner_of(found),
        "waits": found.waiting_since is not None,
        "waits_until": found.due_at,
        "promise_seconds": found.due_seconds or 0,
        "promise": promise_of(found),
        "is_open": found.state == State.OPEN,
    }


def _last_held(entries: list[thread.Entry], reader: int) -> int:
    """The reply that the undo key means: the reader's newest that has not left; 0 for none."""
    held = [entry.of for entry in entries if entry.look == "held"]
    return max((reply.pk for reply in held if reply.author_id == reader), default=0)


def _composer(request: Request, found: Conversation) -> dict[str, Any]:
    if not request.user.can_answer:
        return {}
    made = connector_classes().get(found.channel.network)
    return {
        "draft": draft_of(found, request.user),
        "limit": made.capabilities.length_limit if made else 0,
    }


def _pickers(request: Request, found: Conversation) -> dict[str, Any]:
    if not request.user.can_answer:
        return {}
    return {
        "colleagues": answering_people(found.team),
        "topics": topic_tree(),
        "teams": Team.objects.all(),
        "reasons": CloseReason.choices,
    }


def _person(request: Request, found: Conversation) -> dict[str, Any]:
    earlier = history(request.user, found.contact, without=found.pk)[:EARLIER]
    return {
        "contact": found.contact,
        "language": language_name(found.contact.language),
        "handles": [
            (handle, badge(handle.network)) for handle in found.contact.handles.order_by("pk")
        ],
        "earlier": [(other, badge(other.channel.network)) for other in earlier],
    }


def changed_context(request: Request, pk: int) -> dict[str, Any]:
    """What the pieces of the pane that an action may change are made of."""
    found = visible(request, pk)
    done = {"said": "", "undo_url": "", "sent": None, "with_composer": False}
    context = thread_context(request, found) | _composer(request, found)
    return context | _pickers(request, found) | done


def language_name(code: str) -> str:
    """The English name of a language code such as `de` or `pt-BR`; an unknown code as it is."""
    try:
        return str(get_language_info(code.lower())["name"]) if code else ""
    except KeyError:
        return code
