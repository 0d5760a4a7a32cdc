"""The people who write to us: the list, and one person over all channels."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from harken.domain.conversations import queries_contacts as queries
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page
from harken.web.desk.rows import badge


@page(*EVERYBODY)
def contacts(request: Request) -> HttpResponse:
    """Who wrote last, or those whose name contains `q`."""
    words = request.GET.get("q", "").strip()[:200]
    found = queries.contacts(request.user, words)
    context = screen.frame_context(request) | {
        "words": words,
        "found": [(known, [badge(h.network) for h in known.handles]) for known in found],
    }
    return screen.render(request, "desk/contacts.html", context)


@page(*EVERYBODY)
def contact(request: Request, pk: int) -> HttpResponse:
    """One person with every conversation the reader may see."""
    person = get_object_or_404(queries.visible_contacts(request.user), pk=pk)
    chapters = queries.timeline(request.user, person)
    context = screen.frame_context(request) | {
        "person": person,
        "name": str(person),
        "handles": [(h, badge(h.network)) for h in person.handles.order_by("pk")],
        "chapters": [(each, badge(each.conversation.channel.network)) for each in chapters],
    }
    return screen.render(request, "desk/contact.html", context)
