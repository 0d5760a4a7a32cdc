"""Asking the assistant from the composer. What it says is shown, and a person may use it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpResponse

from harken.domain.assist.endpoint import NoHelp, endpoint
from harken.domain.assist.services.asking import Help, Source
from harken.domain.assist.services.miss import miss
from harken.domain.assist.services.shorten import shorten
from harken.domain.assist.services.suggest import MOST_SOURCES, suggest
from harken.domain.assist.services.translate import translate
from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Conversation
from harken.domain.knowledge.queries import best
from harken.domain.people.models import User
from harken.kit.refusals import Invalid
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk import assisting
from harken.web.desk.views import composing
from harken.web.desk.views.conversation import visible


@page(*WRITERS, method="POST")
def assist(request: Request, pk: int) -> HttpResponse:
    """Do the `task` with what is typed, and show what came back beside it."""
    found = visible(request, pk)
    if endpoint() is None:
        raise Http404("no assistant")
    draft = composing.text(request)
    asked = _tasks(found, draft, request.user).get(request.POST.get("task", ""))
    if asked is None:
        raise Http404("no such task")
    try:
        context = _shown(asked(), draft)
    except (NoHelp, Invalid) as refusal:
        context = {"help": None, "refusal": str(refusal)}
    return screen.render(request, "desk/assisted.html", context)


def _tasks(found: Conversation, draft: str, by: User) -> dict[str, Callable[[], Help]]:
    limit = pure_connector(found.channel).capabilities.length_limit
    sources = partial(_sources, found, draft, by)
    return {
        "suggest": lambda: suggest(found, draft=draft, sources=sources(), limit=limit, by=by),
        "translate": lambda: translate(found, draft=draft, by=by),
        "shorten": lambda: shorten(found, draft=draft, limit=limit, by=by),
        "miss": lambda: miss(found, draft=draft, by=by),
    }


def _sources(found: Conversation, draft: str, by: User) -> list[Source]:
    """The saved answers that fit, in the wording this network takes; expired ones are left out."""
    offers = best(by, draft, found, MOST_SOURCES)
    return [
        Source(each.answer.pk, each.answer.title, each.text)
        for each in offers
        if not each.is_expired
    ]


def _shown(help_: Help, draft: str) -> dict[str, object]:
    return {
        "help": help_,
        "refusal": "",
        "label": next(task.label for task in assisting.TASKS if task.key == help_.task),
        "pieces": assisting.compared(draft, help_.text) if help_.kind == "text" else [],
        "points": assisting.points(help_) if help_.kind == "points" else [],
    }
