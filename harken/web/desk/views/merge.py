"""Making two conversations one case, two contacts one person, and taking it back."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.contacts import services_merge as contacts
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries_case import leading, mergeable
from harken.domain.conversations.queries_contacts import visible_contacts
from harken.domain.conversations.services import merge as merging
from harken.domain.people.models import User
from harken.domain.presence.queries import here
from harken.kit.ids import id_in
from harken.kit.refusals import Invalid, Refusal
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk.rows import badge
from harken.web.desk.views.actions import changed
from harken.web.desk.views.conversation import visible

LONGEST = 100  # characters searched for


class SomebodyWrites(Refusal):
    """A colleague writes an answer in one of the two; asking them first is better."""


@page(*WRITERS)
def mergeable_with(request: Request, pk: int) -> HttpResponse:
    """The inside of the dialog: what may be merged with this one."""
    found = leading(visible(request, pk))
    words = request.GET.get("q", "")[:LONGEST]
    offered = mergeable(request.user, found, words)
    context = {
        "pane": found,
        "words": words,
        "found": [(other, badge(other.channel.network)) for other in offered],
        "busy": _who_writes([found, *offered], request.user),
    }
    return screen.render(request, "desk/_mergeable.html", context)


@page(*WRITERS, method="POST")
def merge(request: Request, pk: int) -> HttpResponse:
    """Merge with the conversation `other`; `lead` is "this" or "other"."""
    this = leading(visible(request, pk))
    other = visible(request, _other(request))
    busy = _who_writes([this, other], request.user)
    if busy and request.POST.get("anyway") != "1":
        raise SomebodyWrites(f"{busy} Ask them first, or open the dialog again and merge anyway.")
    first, second = (other, this) if request.POST.get("lead") == "other" else (this, other)
    reason = request.POST.get("reason", "")
    case = merging.merge(first, second, by=request.user, reason=reason)
    undo = reverse("desk:unmerge", args=[second.pk])
    return changed(request, case, "One case now", undo_url=undo, composer=True)


@page(*WRITERS, method="POST")
def unmerge(request: Request, pk: int) -> HttpResponse:
    """Take a conversation out of its case; the case stays open on the desk."""
    found = visible(request, pk)
    lead = leading(found)
    merging.unmerge(found, by=request.user)
    return changed(request, lead, "Two conversations again", composer=True)


@page(*WRITERS, method="POST")
def merge_contact(request: Request, pk: int) -> HttpResponse:
    """Say that the contact `other` is the same person, with a `reason`."""
    seen = visible_contacts(request.user)
    person = get_object_or_404(seen, pk=pk)
    other = get_object_or_404(seen, pk=_other(request))
    contacts.merge_contacts(person, other, by=request.user, reason=request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("desk:contact", args=[person.pk]))


@page(*WRITERS, method="POST")
def unmerge_contact(request: Request, pk: int) -> HttpResponse:
    """Say that a contact is somebody else after all."""
    person = get_object_or_404(visible_contacts(request.user), pk=pk)
    was = person.merged_into_id or person.pk
    contacts.unmerge_contact(person, by=request.user)
    return HttpResponseRedirect(reverse("desk:contact", args=[was]))


def _who_writes(conversations: list[Conversation], but: User) -> str:
    """A sentence about colleagues who write an answer in one of them; empty when nobody does."""
    people = (each for one in conversations for each in here(one.pk))
    names = dict.fromkeys(each.name for each in people if each.writes and each.user != but.pk)
    return f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} writing." if names else ""


def _other(request: Request) -> int:
    number = id_in(request.POST.get("other"))
    if not number:
        raise Invalid("Choose which one first.")
    return number
