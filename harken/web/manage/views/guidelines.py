"""How we speak about each topic, and the answers others should learn from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.conversations.models import Topic
from harken.domain.conversations.queries_topics import topic_tree
from harken.domain.knowledge.models import Guideline, GuidelineConfirmation
from harken.domain.knowledge.queries_answers import guidelines_of
from harken.domain.knowledge.queries_beside import examples, parts
from harken.domain.knowledge.services import guidelines as writing
from harken.domain.people.models import Role
from harken.kit.refusals import NotAllowed, Refusal
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page
from harken.web.errors import by_field
from harken.web.manage.brands import chosen_brand

MANAGERS = (Role.LEAD, Role.MANAGER)
SHOWN = 30  # strong examples on the page, the newest


@page(*EVERYBODY)
def guidelines(request: Request) -> HttpResponse:
    """Every topic with its guideline, and the strong examples the reader may see."""
    brand = chosen_brand(request)
    held = guidelines_of(brand)
    rows = [(branch, held.get(branch.topic.pk)) for branch in topic_tree()]
    context = screen.frame_context(request) | {
        "brand": brand,
        "rows": [(branch, each, parts(each.text) if each else []) for branch, each in rows],
        "manages": request.user.can_manage,
        "examples": examples(request.user)[:SHOWN],
        "said": [str(message) for message in messages.get_messages(request)],
    }
    return screen.render(request, "manage/guidelines.html", context)


@page(*MANAGERS)
def guideline(request: Request, pk: int) -> HttpResponse:
    """The form of one topic's guideline, its versions, and who has read it."""
    return _form(request, _topic(pk))


@page(*MANAGERS, method="POST")
def save_guideline(request: Request, pk: int) -> HttpResponse:
    """Let it say this from now on; everybody is asked to read it again."""
    topic = _topic(pk)
    try:
        text = request.POST.get("text", "")
        writing.write_guideline(chosen_brand(request), topic, text, by=request.user)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return _form(request, topic, refusal)
    return _done(request, f"Saved. It stands beside the composer for “{topic}” from now on.")


@page(*MANAGERS, method="POST")
def retire_guideline(request: Request, pk: int) -> HttpResponse:
    """Show it no more."""
    topic = _topic(pk)
    found = get_object_or_404(Guideline, brand=chosen_brand(request), topic=topic)
    writing.retire_guideline(found, by=request.user)
    return _done(request, f"The guideline for “{topic}” is out of use.")


# --- pieces ----------------------------------------------------------------------------------


def _form(request: Request, topic: Topic, refusal: Refusal | None = None) -> HttpResponse:
    brand = chosen_brand(request)
    held = Guideline.objects.filter(brand=brand, topic=topic).select_related("changed_by").first()
    context: dict[str, Any] = screen.frame_context(request) | {
        "brand": brand,
        "topic": topic,
        "guideline": held if held and held.retired_at is None else None,
        "text": request.POST.get("text", held.text if held else ""),
        "versions": held.versions.select_related("written_by") if held else [],
        "readers": GuidelineConfirmation.objects.filter(
            guideline=held, version=held.version
        ).select_related("person")
        if held
        else [],
        "longest": writing.LONGEST,
        "refusal": str(refusal) if refusal else "",
        "errors": by_field(refusal),
    }
    response = screen.render(request, "manage/guideline.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _topic(pk: int) -> Topic:
    return get_object_or_404(Topic.objects.filter(retired_at=None), pk=pk)


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("manage:guidelines"))
