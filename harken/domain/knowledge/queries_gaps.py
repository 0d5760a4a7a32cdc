"""Which questions do customers ask often that no saved answer takes up?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from harken.domain.conversations.models import Direction, Message, Topic
from harken.domain.conversations.queries import visible_to
from harken.domain.knowledge.clusters import Group, grouped, is_covered
from harken.domain.knowledge.models import SavedAnswer
from harken.domain.knowledge.words import stem, words
from harken.domain.people.models import Brand, User
from harken.kit import clock

WINDOW = timedelta(days=28)
OFTEN = 5  # times in the window
READ = 4000  # first messages that are looked at, the newest
EXAMPLES = 3
WORDS = 6  # of a question, for its heading


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer wrote first in a conversation."""

    conversation: int
    text: str
    at: datetime
    topic: int | None
    language: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A question without a saved answer: how often, since when last, in which words."""

    topic: Topic | None
    language: str
    count: int
    latest: datetime
    words: tuple[str, ...]
    examples: tuple[Asked, ...]


def gaps(user: User, brand: Brand) -> list[Gap]:
    """What was asked at least `OFTEN` times in the last 28 days and has no answer in force.

    Only from conversations this person may see. The most frequent first.
    """
    by_kind: dict[tuple[int | None, str], list[Asked]] = defaultdict(list)
    for each in _asked(user, brand):
        by_kind[each.topic, each.language].append(each)
    answers = _said(brand)
    topics = Topic.objects.in_bulk([topic for topic, _ in by_kind if topic is not None])
    found = []
    for (topic, language), asked in by_kind.items():
        told = answers.get((topic, language), []) + answers.get((topic, ""), [])
        told += answers.get((None, language), []) + answers.get((None, ""), [])
        found += [
            _gap(group, asked, topics.get(topic or 0), language)
            for group in grouped([each.text for each in asked], OFTEN)
            if not any(is_covered(group.core, said) for said in told)
        ]
    return sorted(found, key=lambda gap: (-gap.count, gap.language))


def _asked(user: User, brand: Brand) -> list[Asked]:
    newest = (
        visible_to(user)
        .filter(channel__brand=brand, opened_at__gte=clock.now() - WINDOW)
        .order_by("-opened_at")
        .values("pk")[:READ]
    )
    first = (
        Message.objects.filter(
            conversation__in=newest, direction=Direction.INBOUND, deleted_at=None
        )
        .order_by("conversation", "sent_at", "pk")
        .distinct("conversation")
    )
    columns = ("conversation", "body", "sent_at", "conversation__topic", "conversation__language")
    rows = [
        Asked(conversation, text, at, topic, language.partition("-")[0])
        for conversation, text, at, topic, language in first.values_list(*columns)
    ]
    return sorted(rows, key=lambda each: each.at, reverse=True)


def _said(brand: Brand) -> dict[tuple[int | None, str], list[frozenset[str]]]:
    """The stems of each answer in force, by topic and language."""
    today = clock.now().date()
    rows = SavedAnswer.objects.filter(brand=brand, retired_at=None)
    rows = rows.filter(Q(valid_until=None) | Q(valid_until__gte=today))
    found: dict[tuple[int | None, str], list[frozenset[str]]] = defaultdict(list)
    for topic, language, title, text in rows.values_list(
        "topic", "language", "folded_title", "folded"
    ):
        said = frozenset(stem(word) for word in words(f"{title} {text}"))
        found[topic, language].append(said)
    return found


def _gap(group: Group, asked: Sequence[Asked], topic: Topic | None, language: str) -> Gap:
    members = [asked[place] for place in group.members]
    said = [word for each in members[:EXAMPLES] for word in words(each.text)]
    core = set(group.core)
    # In the order in which the newest says them, so that they read like a question.
    whole = dict.fromkeys(word for word in said if stem(word) in core)
    return Gap(
        topic=topic,
        language=language,
        count=len(members),
        latest=members[0].at,
        words=tuple(whole)[:WORDS],
        examples=tuple(members[:EXAMPLES]),
    )
