"""Reading triage: the marks of a list, one conversation's judgement, and how good it all is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Max

from harken.domain.conversations.models import Conversation, Direction, Topic
from harken.domain.conversations.queries import visible_to
from harken.domain.lookups import Lookup, Rows
from harken.domain.people.models import User
from harken.domain.triage.model.calibration import cut_for
from harken.domain.triage.model.lexicon import concepts, topic_words
from harken.domain.triage.model.rules import QUESTIONS, TOPIC
from harken.domain.triage.models import Correction, Judgement, ModelVersion

LANGUAGE = "language"
RECENT = 2000  # words of people that figures and cuts look at


@dataclass(slots=True, unsafe_hash=True)
class Marks:
    """What a row of the list shows about a conversation that waits; not changed once handed out."""

    threat: bool = False
    opportunity: bool = False
    urgent: bool = False
    person: bool = False
    spam: bool = False
    irrelevant: bool = False
    sentiment: str = ""


def marks(conversations: Iterable[int]) -> Lookup[dict[int, Marks]]:
    """The marks of these conversations (ids): of every customer message nobody settled.

    Spam and feeling are the newest message's; a threat stays until it was answered.
    """
    rows = (
        Judgement.objects.filter(
            conversation__in=list(conversations),
            message__deleted_at=None,
            message__gt=F("conversation__settled_id"),
        )
        .order_by("message_id", "id")
        .values_list("conversation_id", "stakes", "urgency", "person", "relevance", "sentiment")
    )
    return Lookup(rows, _marked)


def _marked(rows: Rows) -> dict[int, Marks]:
    found: dict[int, Marks] = defaultdict(Marks)
    for conversation, stakes, urgency, person, relevance, sentiment in rows:
        mark = found[conversation]
        mark.threat |= stakes == "threat"
        mark.opportunity |= stakes == "opportunity"
        mark.urgent |= urgency == "urgent"
        mark.person |= person == "asked"
        mark.spam = relevance == "spam"
        mark.irrelevant = relevance == "irrelevant"
        mark.sentiment = sentiment
    return dict(found)


def newest_judgement(conversation: Conversation) -> Judgement | None:
    """The judgement people look at: of the newest customer message that was not taken back."""
    return (
        Judgement.objects.filter(
            conversation=conversation,
            message__direction=Direction.INBOUND,
            message__deleted_at=None,
        )
        .select_related("message", "topic", "conversation")
        .order_by("-message__sent_at", "-message_id", "-id")
        .first()
    )


def feeling_of(conversation: Conversation) -> str:
    """How the newest customer message of a conversation is meant; empty: nobody knows yet."""
    judgement = newest_judgement(conversation)
    return judgement.sentiment if judgement else ""


def words_of(topic: Topic) -> tuple[str, ...]:
    """The words that lead to a topic: a lead's, or the usual ones of a topic with such a name."""
    routing = getattr(topic, "routing", None)
    return tuple(routing.words) if routing else usual_words(topic)


def usual_words(topic: Topic) -> tuple[str, ...]:
    """The words of our own lexicons for a topic named like a usual one, else its own name."""
    for name in (topic.slug, topic.name.lower()):
        for form in (name, name.rstrip("s")):
            if form in concepts():
                return topic_words(form)
    return (topic.name.lower(),)


def topics_with_words() -> dict[str, tuple[str, ...]]:
    """Topic label (its id as text) -> words, for the model."""
    topics = Topic.objects.filter(retired_at=None).select_related("routing").order_by("pk")
    return {str(topic.pk): words_of(topic) for topic in topics}


def newest_version() -> int:
    """The number of the model as it is now; 0 when nobody taught it anything."""
    return ModelVersion.objects.aggregate(newest=Max("number"))["newest"] or 0


def cut_of(question: str) -> float:
    """From which confidence on an answer may act by itself, in this installation."""
    said = _counted(question)
    return cut_for((each.confidence, each.before == each.after) for each in said)


@dataclass(slots=True)
class Figures:
    """How one question does, by what people said of its answers.

    `matrix[before][after]` counts; `right` of `asked` answers were right. `f1` is the mean over the
    labels people used, None before anybody said anything.
    """

    question: str
    labels: list[str]
    matrix: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    asked: int = 0
    right: int = 0
    f1: float | None = None
    cut: float = 0.0


def figures(question: str) -> Figures:
    """The confusion matrix and its figures over the newest `RECENT` words of people."""
    said = _counted(question)
    used = {each.before for each in said} | {each.after for each in said}
    known = [label for label in QUESTIONS.get(question, ()) if label in used]
    shown = Figures(question, known + sorted(used - set(known)))
    for each in said:
        shown.matrix[each.before][each.after] += 1
        shown.asked += 1
        shown.right += each.before == each.after
    shown.f1 = _macro_f1(shown)
    shown.cut = cut_for((each.confidence, each.before == each.after) for each in said)
    return shown


def _counted(question: str) -> list[Correction]:
    """The newest word on each judgement, the newest judgement first."""
    found = Correction.objects.filter(question=question, taken_back=False).order_by("-id")[:RECENT]
    return list({each.judgement_id: each for each in reversed(found)}.values())


def _macro_f1(shown: Figures) -> float | None:
    scores = []
    for label in shown.labels:
        hit = shown.matrix[label][label]
        claimed = sum(shown.matrix[label].values())
        wanted = sum(row[label] for row in shown.matrix.values())
        if wanted:
            scores.append(2 * hit / (claimed + wanted))
    return sum(scores) / len(scores) if scores else None


def questions() -> tuple[str, ...]:
    """Every question the model learns, the topic first."""
    return (TOPIC, *QUESTIONS)


def examples(user: User, limit: int) -> list[Correction]:
    """The newest words of people, of conversations this person may see."""
    found = Correction.objects.filter(judgement__conversation__in=visible_to(user))
    return list(found.select_related("judgement__message", "by").order_by("-id")[:limit])


def versions(limit: int) -> list[ModelVersion]:
    """The newest steps of the model, without their weights."""
    return list(
        ModelVersion.objects.select_related("by").defer("weights").order_by("-number")[:limit]
    )
