"""The people who write to us: the list, and one person over all channels."""

from __future__ import annotations

import json

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.contacts.models import Mark
from harken.domain.contacts.queries import merges_of, same_person
from harken.domain.contacts.services import set_mark
from harken.domain.conversations import queries_contacts as queries
from harken.web import screen
from harken.web.access import EVERYBODY, WRITERS, Request, page
from harken.web.desk.rows import badge
from harken.web.errors import is_fragment


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
    if person.merged_into_id is not None:
        return HttpResponseRedirect(reverse("desk:contact", args=[person.merged_into_id]))
    words = request.GET.get("same", "").strip()[:100]
    chapters = queries.timeline(request.user, person)
    context = screen.frame_context(request) | {
        "person": person,
        "name": str(person),
        "all_marks": Mark.choices,
        "handles": [
            (h, badge(h.network)) for one in same_person(person) for h in one.handles.order_by("pk")
        ],
        "merges": merges_of(person),
        "words": words,
        "same": queries.others_named(request.user, person, words)
        if words
        else queries.namesakes(request.user, person),
        "can_write": request.user.can_answer,
        "chapters": [(each, badge(each.conversation.channel.network)) for each in chapters],
    }
    return screen.render(request, "desk/contact.html", context)


@page(*WRITERS, method="POST")
def mark(request: Request, pk: int) -> HttpResponse:
    """Say in one word what colleagues should know about a person; `mark` empty takes it away."""
    person = get_object_or_404(queries.visible_contacts(request.user), pk=pk)
    person = set_mark(person, request.POST.get("mark", ""), by=request.user)
    if not is_fragment(request):
        return HttpResponseRedirect(reverse("desk:contact", args=[pk]))
    said = f"{person}: {person.get_mark_display()}"
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"harken:toast": {"text": said, "kind": "done"}})
    return response
