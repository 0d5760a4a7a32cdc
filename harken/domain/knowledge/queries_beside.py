"""What stands beside the composer: how we speak about the topic, and answers to learn from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from harken.domain.conversations.models import Conversation, Topic
from harken.domain.conversations.queries import visible_to
from harken.domain.knowledge.models import Guideline, StrongExample
from harken.domain.people.models import User

DEEPEST = 6  # levels of topics


@dataclass(frozen=True, slots=True)
class Spoken:
    """A guideline in force. `confirmed`: the reader has read this version; `others` who else."""

    guideline: Guideline
    confirmed: bool
    others: int

    @property
    def parts(self) -> list[tuple[str, list[str]]]:
        """Its text for a page: paragraphs ("p", lines) and lists ("ul", points)."""
        return parts(self.guideline.text)


def guideline_for(user: User, conversation: Conversation) -> Spoken | None:
    """The guideline of the conversation's topic; of the nearest topic above it that has one."""
    above = _line(conversation.topic)
    held = Guideline.objects.filter(
        brand=conversation.channel.brand_id, topic__in=above, retired_at=None
    ).select_related("topic", "changed_by")
    this_version = Q(confirmations__version=F("version"))
    read = held.annotate(
        everybody=Count("confirmations", filter=this_version),
        mine=Count("confirmations", filter=this_version & Q(confirmations__person=user)),
    )
    by_topic = {each.topic_id: each for each in read}
    found = next((by_topic[topic] for topic in above if topic in by_topic), None)
    return Spoken(found, found.mine > 0, found.everybody - found.mine) if found else None


def _line(topic: Topic | None) -> list[int]:
    """A topic and those above it, from below."""
    found: list[int] = []
    while topic is not None and len(found) < DEEPEST:
        found.append(topic.pk)
        topic = topic.parent
    return found


def parts(text: str) -> list[tuple[str, list[str]]]:
    """A plain text as paragraphs and lists: lines that begin with "- " are points."""
    found: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        said = line.strip()
        kind = "ul" if said.startswith("- ") else "p"
        if not said:
            found.append(("", []))
        elif found and found[-1][0] == kind:
            found[-1][1].append(said.removeprefix("- "))
        else:
            found.append((kind, [said.removeprefix("- ")]))
    return [each for each in found if each[1]]


def examples(user: User) -> QuerySet[StrongExample]:
    """The strong examples of conversations this person may see, newest first."""
    return (
        StrongExample.objects.filter(
            message__conversation__in=visible_to(user), message__deleted_at=None
        )
        .select_related("message__author", "message__conversation__topic", "promoted_by")
        .defer("message__raw", "message__words")
        .order_by("-promoted_at", "-pk")
    )


def examples_for(user: User, conversation: Conversation, limit: int = 3) -> list[StrongExample]:
    """Strong examples about the same topic, those in the customer's language first."""
    if conversation.topic_id is None:
        return []
    near = Case(
        When(message__conversation__language=conversation.language, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    found = examples(user).filter(
        message__conversation__topic=conversation.topic_id,
        message__conversation__channel__brand=conversation.channel.brand_id,
    )
    return list(found.order_by(near, "-promoted_at", "-pk")[:limit])


def promoted(messages: Iterable[int]) -> dict[int, StrongExample]:
    """Which of these messages (ids) are strong examples."""
    found = StrongExample.objects.filter(message__in=list(messages)).select_related("promoted_by")
    return {each.message_id: each for each in found}
