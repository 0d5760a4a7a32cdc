"""Judging messages and doing what a judgement may do: topic, language, marks. Never more."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from harken.domain.conversations.models import Conversation, Direction, Message, Topic
from harken.domain.conversations.services.language import set_language
from harken.domain.conversations.services.topics import suggest_topic
from harken.domain.journal.services import record_all
from harken.domain.triage.events import MessageJudged
from harken.domain.triage.model.rules import QUESTIONS, TOPIC
from harken.domain.triage.model.sorter import Judged, Sorter
from harken.domain.triage.models import Correction, Judgement
from harken.domain.triage.queries import LANGUAGE

log = logging.getLogger(__name__)
# Below it a question keeps its plain answer: no mark is better than a wrong one. A feeling is no
# mark, it is only counted.
ENOUGH_TO_TELL = {"urgency": 0.5, "relevance": 0.5, "person": 0.5, "stakes": 0.5}
Pair = tuple[Message, Judged]


def to_judge(messages: Sequence[int]) -> QuerySet[Message]:
    """Those of the given messages (ids) that are a customer's, still there, and not judged yet."""
    return (
        Message.objects.filter(pk__in=messages, direction=Direction.INBOUND, deleted_at=None)
        .select_related("conversation__contact")
        .defer("raw", "words")
        .order_by("pk")
    )


def judged(sorter: Sorter, messages: Iterable[Message]) -> list[Pair]:
    """What the model says of each message; nothing is stored."""
    found = []
    for message in messages:
        conversation = message.conversation
        known = conversation.contact.language or conversation.language
        try:
            found.append((message, sorter.judge(message.body, known)))
        except Exception:  # one strange post must not keep all others unsorted
            log.exception("message %s could not be judged and stays unsorted", message.pk)
    return found


def store(pairs: Sequence[Pair], *, model: int, cut: float, tell: bool = True) -> list[Judgement]:
    """Store the judgements that are new and act on them, in the caller's transaction.

    `cut`: the confidence from which a topic is set. `tell`: record each in the journal; off for
    what is judged long after it came in.
    """
    topics = {str(topic.pk): topic for topic in Topic.objects.select_related("team")}
    rows = [_row(message, said, model, topics) for message, said in pairs]
    known = set(
        Judgement.objects.filter(message__in=[row.message_id for row in rows]).values_list(
            "message_id", "text_version"
        )
    )
    fresh = [row for row in rows if (row.message_id, row.text_version) not in known]
    Judgement.objects.bulk_create(fresh)
    said_of = {message.pk: said for message, said in pairs}
    # In the order of the conversations, like everybody who locks several of them.
    for row in sorted(fresh, key=lambda row: (row.conversation_id, row.message_id)):
        _act(row, said_of[row.message_id], topics, cut)
    if tell:
        record_all(_told(fresh))
    return fresh


def _row(message: Message, said: Judged, model: int, topics: dict[str, Topic]) -> Judgement:
    answers = {question: _label(said, question) for question in QUESTIONS}
    return Judgement(
        message=message,
        conversation=message.conversation,
        text_version=message.version,
        model=model,
        language=said.language,
        topic=topics.get(said.verdicts[TOPIC].label),
        detail={question: _detail(said, question) for question in said.verdicts},
        **answers,
    )


def _label(said: Judged, question: str) -> str:
    verdict = said.verdicts[question]
    sure = verdict.confidence >= ENOUGH_TO_TELL.get(question, 0.0)
    return verdict.label if sure else QUESTIONS[question][-1]


def _detail(said: Judged, question: str) -> dict[str, Any]:
    verdict = said.verdicts[question]
    label = _label(said, question) if question in QUESTIONS else verdict.label
    return {
        "label": label,
        "confidence": verdict.confidence,
        "places": verdict.places if label == verdict.label else [],
        "learnt": verdict.learnt,
        "next": [other for other in (verdict.second, verdict.third) if other],
    }


def _act(row: Judgement, said: Judged, topics: dict[str, Topic], cut: float) -> None:
    conversation = row.conversation
    verdict = said.verdicts[TOPIC]
    topic = topics.get(verdict.label)
    if topic is not None and verdict.confidence >= cut and conversation.topic_id is None:
        suggest_topic(conversation, topic)
    if said.language and said.language != conversation.language and not _settled(row):
        set_language(conversation, said.language, by=None)


def _settled(row: Judgement) -> bool:
    """Whether a person already said which language this conversation is in."""
    return Correction.objects.filter(
        judgement__conversation=row.conversation_id, question=LANGUAGE
    ).exists()


def _told(rows: Sequence[Judgement]) -> list[MessageJudged]:
    # The teams of now: a topic may just have moved a conversation.
    ids = {row.conversation_id for row in rows}
    teams = dict(Conversation.objects.filter(pk__in=ids).values_list("pk", "team"))
    return [
        MessageJudged(
            conversation=row.conversation_id,
            channel=row.conversation.channel_id,
            teams=(team,) if (team := teams.get(row.conversation_id)) else (),
            message=row.message_id,
            judgement=row.pk,
        )
        for row in rows
    ]
