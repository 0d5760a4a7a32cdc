"""What narrows a list, in words, and what it can be narrowed by."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from harken.domain.channels.models import Channel
from harken.domain.contacts.models import Mark
from harken.domain.conversations.filters import ME, NOBODY, Filter, read, written
from harken.domain.conversations.models import Priority, Topic
from harken.domain.conversations.models_views import SavedView
from harken.domain.conversations.queries import teams_of
from harken.domain.conversations.queries_tags import tags_in_use
from harken.domain.people.models import User
from harken.domain.people.queries import answering_people
from harken.web.desk.sorting import language_name

Options = list[tuple[str, str]]
LABELS = {
    "team": "Team",
    "topic": "Topic",
    "tag": "Tag",
    "priority": "Priority",
    "mark": "Mark",
    "assignee": "With",
    "language": "Language",
    "channel": "Channel",
    "waits": "Answer",
    "text": "Words",
    "sort": "Order",
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """One value that narrows the list; `href` is the list without it."""

    label: str
    text: str
    href: str


def choices(user: User) -> dict[str, Options]:
    """What each field can be, as far as this person may know: value and word."""
    people = [(str(each.pk), str(each)) for each in answering_people() if each.pk != user.pk]
    return {
        "team": [(team.slug, team.name) for team in teams_of(user)],
        "topic": [(topic.slug, topic.name) for topic in Topic.objects.all()],
        "tag": [(tag.name, f"#{tag.name}") for tag in tags_in_use(user).alone()],
        "priority": [(value, str(label)) for value, label in Priority.choices],
        "mark": [("any", "Any mark"), *((v, str(label)) for v, label in Mark.choices if v)],
        "assignee": [(ME, "Me"), (NOBODY, "Nobody"), *people],
        "language": [(code, language_name(code)) for code in settings.TRIAGE_LANGUAGES],
        "channel": [(str(c.pk), f"@{c.handle}") for c in Channel.objects.order_by("handle")],
        "waits": [("yes", "Still waits"), ("no", "Nobody waits")],
        "sort": [("hot", "Least time left first"), ("newest", "Newest first")],
    }


def narrowing(user: User, view: str) -> list[Narrowed]:
    """What narrows a written view, in words."""
    base, narrowed = read(view)
    if not narrowed:
        return []
    words = named(user, narrowed)
    inbox = reverse("desk:inbox")
    return [
        Narrowed(LABELS[name], text, f"{inbox}?view={written(base, narrowed.without(name, value))}")
        for (name, value), text in zip(narrowed.pairs(), words, strict=True)
    ]


def named(user: User, narrowed: Filter) -> list[str]:
    """The values of a filter as people call them, in its order."""
    known = {name: dict(options) for name, options in choices(user).items()}
    return [known.get(name, {}).get(value, value) for name, value in narrowed.pairs()]


def asks_for(user: User, saved: SavedView) -> list[str]:
    """What a saved view narrows by, in words: "Topic: Refunds"."""
    narrowed = Filter.of(saved.narrowed)
    words = named(user, narrowed)
    return [
        f"{LABELS[name]}: {text}" for (name, _), text in zip(narrowed.pairs(), words, strict=True)
    ]
