"""What one does with a conversation: take, assign, topic, team, close, reopen."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import urlsplit

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.conversations.models import Conversation, Tag, Topic
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.queries_case import leading
from harken.domain.conversations.services import assign as assigning
from harken.domain.conversations.services import close as closing
from harken.domain.conversations.services import tags, topics
from harken.domain.conversations.services.priority import set_priority
from harken.domain.people.models import Team, User
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk.views.conversation import changed_context, pane_context, visible

M = TypeVar("M", bound=Model)


@page(*WRITERS, method="POST")
def take(request: Request, pk: int) -> HttpResponse:
    """It is mine now."""
    found = assigning.take(visible(request, pk), by=request.user)
    return changed(request, found, "It is yours", undo_url=_address("assign", found))


@page(*WRITERS, method="POST")
def assign(request: Request, pk: int) -> HttpResponse:
    """Give it to the colleague `to`, or back to the team when `to` is empty."""
    found = visible(request, pk)
    colleague = _chosen(User.objects.filter(is_active=True), request.POST.get("to", ""))
    found = assigning.assign(found, to=colleague, by=request.user)
    return changed(request, found, f"{colleague} has it" if colleague else "Nobody has it now")


@page(*WRITERS, method="POST")
def topic(request: Request, pk: int) -> HttpResponse:
    """Say what it is about; the topic's team gets it."""
    found = visible(request, pk)
    chosen = _chosen(Topic.objects.select_related("team"), request.POST.get("to", ""))
    found = topics.set_topic(found, chosen, by=request.user)
    return changed(request, found, f"Topic: {chosen}" if chosen else "No topic")


@page(*WRITERS, method="POST")
def team(request: Request, pk: int) -> HttpResponse:
    """Hand it to another team."""
    found = visible(request, pk)
    found = topics.move(
        found, to=_chosen(Team.objects.all(), request.POST.get("to", "")), by=request.user
    )
    return changed(request, found, f"{found.team} has it now" if found.team else "No team has it")


@page(*WRITERS, method="POST")
def tag(request: Request, pk: int) -> HttpResponse:
    """Put on the tag `to`, or one of the name that was typed."""
    found = visible(request, pk)
    chosen = _chosen(Tag.objects.all(), request.POST.get("to", ""))
    put_on = tags.add_tag(found, str(chosen or request.POST.get("name", "")), by=request.user)
    return changed(request, found, f"Tagged #{put_on}")


@page(*WRITERS, method="POST")
def untag(request: Request, pk: int) -> HttpResponse:
    """Take the tag `to` off."""
    found = visible(request, pk)
    chosen = get_object_or_404(Tag, pk=_number(request.POST.get("to", "")))
    tags.remove_tag(found, str(chosen), by=request.user)
    return changed(request, found, f"#{chosen} is off")


@page(*WRITERS, method="POST")
def priority(request: Request, pk: int) -> HttpResponse:
    """Say how much it matters."""
    found = set_priority(visible(request, pk), request.POST.get("to", ""), by=request.user)
    return changed(request, found, f"{found.get_priority_display()} priority")


@page(*WRITERS, method="POST")
def close(request: Request, pk: int) -> HttpResponse:
    """Close it; `to` is the reason, needed while a customer waits."""
    found = closing.close(visible(request, pk), reason=request.POST.get("to", ""), by=request.user)
    return changed(request, found, "Closed", undo_url=_address("reopen", found))


@page(*WRITERS, method="POST")
def reopen(request: Request, pk: int) -> HttpResponse:
    """Put it back on the desk."""
    found = closing.reopen(visible(request, pk), by=request.user)
    return changed(request, found, "Open again")


def changed(
    request: Request,
    conversation: Conversation,
    said: str,
    *,
    undo_url: str = "",
    composer: bool = False,
) -> HttpResponse:
    """The pieces of the pane that may differ now, and a toast.

    `composer` draws the composer anew from the draft. Who handed the conversation to a team they
    do not see gets the empty pane. Who has gone on to another conversation is brought back.
    """
    if not visible_to(request.user).filter(pk=conversation.pk).exists():
        return screen.render(request, "desk/gone.html", {"said": said, "id": conversation.pk})
    if _is_elsewhere(request, conversation):
        context = pane_context(request, visible(request, conversation.pk))
        context |= {"said": said, "undo_url": undo_url}
        response = screen.render(request, "desk/back.html", context)
        response["HX-Push-Url"] = _address("conversation", leading(conversation))
        return response
    done = {"said": said, "undo_url": undo_url, "with_composer": composer}
    context = changed_context(request, conversation.pk) | done
    return screen.render(request, "desk/changed.html", context)


def _is_elsewhere(request: Request, conversation: Conversation) -> bool:
    """Whether the browser has another conversation open than the one this is about."""
    here = urlsplit(request.htmx.current_url or "").path
    return here.startswith(reverse("desk:inbox") + "c/") and here != _address(
        "conversation", leading(conversation)
    )


def _chosen(among: QuerySet[M], pk: str) -> M | None:
    if not pk:
        return None
    return get_object_or_404(among, pk=_number(pk))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _address(name: str, conversation: Conversation) -> str:
    return reverse(f"desk:{name}", args=[conversation.pk])
