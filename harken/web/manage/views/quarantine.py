"""What a channel received and nobody could read: read it again, or put it aside."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.channels.models import Channel, Quarantined
from harken.domain.channels.queries import held_items
from harken.domain.channels.services import settle_quarantine
from harken.domain.conversations.services import replay as replaying
from harken.domain.people.models import Role
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import Request, page

MANAGERS = (Role.LEAD, Role.MANAGER)
MOST = 100  # items shown
SHOWN = 2000  # bytes of an item


@page(*MANAGERS)
def quarantine(request: Request, pk: int) -> HttpResponse:
    """The held items of one channel, oldest first."""
    return _list(request, get_object_or_404(Channel, pk=pk))


@page(*MANAGERS, method="POST")
def replay(request: Request, pk: int) -> HttpResponse:
    """Try to read an item again."""
    item = _item(pk)
    try:
        received = replaying.replay(item, by=request.user)
    except Refusal as refusal:
        return _list(request, item.channel, refusal)
    new = received.stored + received.changed
    messages.success(
        request, f"Read after all: {new} stored." if new else "Read: nothing new in it."
    )
    return _back(item)


@page(*MANAGERS, method="POST")
def discard(request: Request, pk: int) -> HttpResponse:
    """Put an item aside for good."""
    item = _item(pk)
    try:
        settle_quarantine.discard(item, by=request.user)
    except Refusal as refusal:
        return _list(request, item.channel, refusal)
    messages.success(request, "Discarded.")
    return _back(item)


def _list(request: Request, channel: Channel, refusal: Refusal | None = None) -> HttpResponse:
    held = held_items(channel)
    items = [
        (item, bytes(item.raw[:SHOWN]).decode(errors="replace"), len(item.raw))
        for item in held[:MOST]
    ]
    context = screen.frame_context(request) | {
        "channel": channel,
        "items": items,
        "total": held.count(),
        "shown": SHOWN,
        "said": [str(message) for message in messages.get_messages(request)],
        "refusal": str(refusal) if refusal else "",
    }
    response = screen.render(request, "manage/quarantine.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _item(pk: int) -> Quarantined:
    return get_object_or_404(Quarantined.objects.select_related("channel"), pk=pk)


def _back(item: Quarantined) -> HttpResponse:
    return HttpResponseRedirect(reverse("manage:quarantine", args=[item.channel_id]))
