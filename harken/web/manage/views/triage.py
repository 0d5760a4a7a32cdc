"""The triage page: how well it sorts, the words of each topic, and every version of the model."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.conversations.models import Topic
from harken.domain.people.models import Role
from harken.domain.triage import queries
from harken.domain.triage.model.rules import TOPIC
from harken.domain.triage.services.rollback import roll_back
from harken.domain.triage.services.words import set_words
from harken.kit.refusals import Invalid, Refusal
from harken.web import screen
from harken.web.access import Request, page
from harken.web.triage_words import TITLES, label_names

MANAGERS = (Role.LEAD, Role.MANAGER)
VERSIONS = 20  # shown, newest first
EXAMPLES = 12


@page(*MANAGERS)
def triage(request: Request) -> HttpResponse:
    """Everything on one page."""
    return _shown(request)


@page(*MANAGERS, method="POST")
def words(request: Request, pk: int) -> HttpResponse:
    """Save the words of a topic, one a line."""
    topic = get_object_or_404(Topic, pk=pk)
    try:
        set_words(topic, request.POST.get(f"words-{pk}", "").splitlines(), by=request.user)
    except Refusal as refusal:
        return _shown(request, refusal, topic.pk)
    return _done(request, f"Saved. From the next message on these words lead to {topic}.")


@page(*MANAGERS, method="POST")
def go_back(request: Request) -> HttpResponse:
    """Know again what the model knew at the version `to`."""
    asked = request.POST.get("to", "")
    try:
        if not (asked.isascii() and asked.isdigit() and len(asked) < 9):
            raise Invalid("Choose one of the versions in the list.")
        number = roll_back(int(asked), by=request.user)
    except Refusal as refusal:
        return _shown(request, refusal)
    return _done(request, f"The model knows what it knew at version {asked}; it is {number} now.")


def _shown(
    request: Request, refusal: Refusal | None = None, refused_for: int | None = None
) -> HttpResponse:
    names = {str(topic.pk): topic.name for topic in Topic.objects.all()}
    context = screen.frame_context(request) | {
        "version": queries.newest_version(),
        "figures": [queries.figures(question) for question in queries.questions()],
        "titles": TITLES,
        "names": {question: label_names(question) for question in TITLES}
        | {TOPIC: names | {"": "no topic"}},
        "topics": [
            (topic, queries.words_of(topic), hasattr(topic, "routing"))
            for topic in Topic.objects.select_related("team", "routing")
        ],
        "examples": queries.examples(request.user, EXAMPLES),
        "versions": queries.versions(VERSIONS),
        "said": [str(message) for message in messages.get_messages(request)],
        "refusal": str(refusal) if refusal else "",
        "refused_for": refused_for,
        "typed": request.POST.get(f"words-{refused_for}", ""),
    }
    response = screen.render(request, "manage/triage.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("manage:triage"))
