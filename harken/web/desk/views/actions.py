"""What one does with a conversation: take, assign, topic, team, close, reopen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.bulk.models import BulkChange, ItemState
from harken.domain.bulk.services.run import once
from harken.domain.bulk.services.undo import undo
from harken.domain.conversations.models import Conversation, Tag, Topic
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.queries_case import leading
from harken.domain.conversations.services import assign as assigning
from harken.domain.conversations.services import close as closing
from harken.domain.conversations.services import tags, topics
from harken.domain.conversations.services.priority import set_priority
from harken.domain.people.models import Team, User
from harken.kit.ids import id_in
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk.progress import told
from harken.web.desk.views.conversation import changed_context, pane_context, visible

M = TypeVar("M", bound=Model)


@page(*WRITERS, method="POST")
def take(request: Request, pk: int) -> HttpResponse:
    """It is mine now."""
    found, by = visible(request, pk), request.user
    return _done(request, found, "take", lambda: assigning.take(found, by=by), "It is yours")


@page(*WRITERS, method="POST")
def assign(request: Request, pk: int) -> HttpResponse:
    """Give it to the colleague `to`, or back to the team when `to` is empty."""
    found, by = visible(request, pk), request.user
    colleague = _chosen(User.objects.filter(is_active=True), request.POST.get("to", ""))
    said = f"{colleague} has it" if colleague else "Nobody has it now"
    give = partial(assigning.assign, found, to=colleague, by=by)
    return _done(request, found, "assign", give, said)


@page(*WRITERS, method="POST")
def topic(request: Request, pk: int) -> HttpResponse:
    """Say what it is about; the topic's team gets it."""
    found, by = visible(request, pk), request.user
    chosen = _chosen(Topic.objects.select_related("team"), request.POST.get("to", ""))
    said = f"Topic: {chosen}" if chosen else "No topic"
    return _done(request, found, "topic", lambda: topics.set_topic(found, chosen, by=by), said)


@page(*WRITERS, method="POST")
def team(request: Request, pk: int) -> HttpResponse:
    """Hand it to another team."""
    found, by = visible(request, pk), request.user
    to = _chosen(Team.objects.all(), request.POST.get("to", ""))
    said = f"{to} has it now" if to else "No team has it"
    return _done(request, found, "team", lambda: topics.move(found, to=to, by=by), said)


@page(*WRITERS, method="POST")
def tag(request: Request, pk: int) -> HttpResponse:
    """Put on the tag `to`, or one of the name that was typed."""
    found, by = visible(request, pk), request.user
    chosen = _chosen(Tag.objects.all(), request.POST.get("to", ""))
    name = tags.tag_name(str(chosen or request.POST.get("name", "")))
    put_on = partial(tags.add_tag, found, name, by=by)
    return _done(request, found, "tag", put_on, f"Tagged #{name}")


@page(*WRITERS, method="POST")
def untag(request: Request, pk: int) -> HttpResponse:
    """Take the tag `to` off."""
    found, by = visible(request, pk), request.user
    chosen = get_object_or_404(Tag, pk=id_in(request.POST.get("to", "")))
    take_off = partial(tags.remove_tag, found, chosen.name, by=by)
    return _done(request, found, "untag", take_off, f"#{chosen} is off")


@page(*WRITERS, method="POST")
def priority(request: Request, pk: int) -> HttpResponse:
    """Say how much it matters."""
    found, by, to = visible(request, pk), request.user, request.POST.get("to", "")
    said = f"{to.capitalize()} priority"
    return _done(request, found, "priority", lambda: set_priority(found, to, by=by), said)


@page(*WRITERS, method="POST")
def close(request: Request, pk: int) -> HttpResponse:
    """Close it; `to` is the reason, needed while a customer waits."""
    found, by, reason = visible(request, pk), request.user, request.POST.get("to", "")
    shut = partial(closing.close, found, reason=reason, by=by)
    return _done(request, found, "close", shut, "Closed")


@page(*WRITERS, method="POST")
def reopen(request: Request, pk: int) -> HttpResponse:
    """Put it back on the desk."""
    found, by = visible(request, pk), request.user
    return _done(request, found, "reopen", lambda: closing.reopen(found, by=by), "Open again")


def _done(
    request: Request,
    found: Conversation,
    action: str,
    do: Callable[[], object],
    said: str,
) -> HttpResponse:
    """Do it so that one key takes it back, and show what it is now."""
    _, change = once(found, action, do, by=request.user)
    undo = reverse("desk:undo_change", args=[change.pk]) if change else ""
    return changed(request, found, said, undo_url=undo)


@page(*WRITERS, method="POST")
def undo_change(request: Request, pk: int) -> HttpResponse:
    """Take back what this person did, to one or to many, but for what somebody changed since."""
    change = get_object_or_404(BulkChange, pk=pk, made_by=request.user)
    if not change.is_single:
        return told(request, undo(change, by=request.user))
    item = change.items.select_related("conversation").get()
    was_seen = visible_to(request.user).filter(pk=item.conversation_id).exists()
    undo(change, by=request.user)
    item.refresh_from_db()
    if item.state == ItemState.KEPT:
        raise Refusal("Somebody changed it since, so it stays as it is now.")
    return changed(request, item.conversation, "Taken back", anew=not was_seen)


def changed(
    request: Request,
    conversation: Conversation,
    said: str,
    *,
    undo_url: str = "",
    composer: bool = False,
    anew: bool = False,
) -> HttpResponse:
    """The pieces of the pane that may differ now, and a toast.

    `composer` draws the composer anew from the draft. Who handed the conversation to a team they
    do not see gets the empty pane. Who has gone on to another conversation is brought back, as is
    one that was out of sight (`anew`).
    """
    if not visible_to(request.user).filter(pk=conversation.pk).exists():
        return screen.render(
            request, "desk/gone.html", {"said": said, "id": conversation.pk, "undo_url": undo_url}
        )
    if anew or _is_elsewhere(request, conversation):
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
    return get_object_or_404(among, pk=id_in(pk))


def _address(name: str, conversation: Conversation) -> str:
    return reverse(f"desk:{name}", args=[conversation.pk])
