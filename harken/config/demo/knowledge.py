"""What the demo company knows: saved answers, how it speaks, and answers to learn from."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from harken.config.demo.company import BRAND
from harken.domain.conversations.models import Conversation, Direction, Message, Topic
from harken.domain.knowledge.models import SavedAnswer
from harken.domain.knowledge.services.answers import AnswerPlan, write_answer
from harken.domain.knowledge.services.examples import promote
from harken.domain.knowledge.services.guidelines import confirm, write_guideline
from harken.domain.knowledge.services.uses import note_inserted, note_sent
from harken.domain.people.models import Brand, User
from harken.kit import clock

FILE = Path(__file__).with_name("knowledge.json")
LOOKED_AT = 20  # answers that an example is chosen from
USED = 4  # conversations a topic in which its answers were used


def write_down() -> None:
    """Let leads write answers and guidelines, and colleagues name examples; call it once."""
    said: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    people = {person.username: person for person in User.objects.all()}
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    brand, maren = Brand.objects.get(slug=BRAND.slug), people["maren"]
    answers = [_answer(brand, each, topics, people) for each in said["answers"]]
    for each in said["guidelines"]:
        guideline = write_guideline(brand, topics[each["topic"]], each["text"], by=maren)
        for reader in ("lena", "greta", "tariq"):
            confirm(guideline, version=guideline.version, by=people[reader])
    for slug, why in said["strong"]:
        _promote(topics[slug], why, maren)
    _use(answers)


def _answer(
    brand: Brand, said: dict[str, Any], topics: dict[str, Topic], people: dict[str, User]
) -> SavedAnswer:
    ends = said.get("ends_in")
    plan = AnswerPlan(
        title=said["title"],
        short=said["short"],
        long=said.get("long", ""),
        topic=topics[said["topic"]],
        language=said["lang"],
        evidence=said["evidence"],
        owner=people[said["owner"]],
        valid_until=clock.now().date() + timedelta(days=ends) if ends is not None else None,
    )
    return write_answer(brand, plan, by=people["maren"])


def _promote(topic: Topic, why: str, by: User) -> None:
    """The fullest of the newest English answers about the topic; a small demo may have none."""
    found = Message.objects.filter(
        conversation__topic=topic,
        conversation__language="en",
        direction=Direction.OUTBOUND,
        author__isnull=False,
        deleted_at=None,
    )
    newest = list(found.order_by("-sent_at")[:LOOKED_AT])
    if newest:
        promote(max(newest, key=lambda message: len(message.body)), why, by=by)


def _use(answers: list[SavedAnswer]) -> None:
    """Answers were written from them before, in some of the conversations about their topic."""
    for place, answer in enumerate(answers):
        found = Conversation.objects.filter(
            topic=answer.topic, language=answer.language, messages__author__isnull=False
        )
        for conversation in found.distinct().order_by("-pk")[: place % (USED + 1)]:
            author = conversation.messages.filter(author__isnull=False).latest("sent_at").author
            if author is not None:
                note_inserted(conversation, answer, by=author)
                note_sent(conversation, answer.short, client_key=uuid4())
