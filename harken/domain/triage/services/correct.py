"""A person's word on what software thought of a message."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction

from harken.domain.conversations.models import Conversation, Topic
from harken.domain.conversations.services.language import set_language
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.conversations.services.topics import set_topic
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.triage.events import JudgementCorrected
from harken.domain.triage.model.rules import QUESTIONS, TOPIC
from harken.domain.triage.models import Correction, Judgement
from harken.domain.triage.queries import LANGUAGE
from harken.kit.ids import id_in
from harken.kit.refusals import Invalid


class UnknownAnswer(Invalid):
    """The question or the label given does not exist."""


def correct(judgement: Judgement, question: str, label: str, *, by: User) -> Correction:
    """Say what is right; the same label as before says that software was right.

    The judgement shows it at once, a topic and a language also change the conversation, and the
    model learns it within a second. A topic's label is its id as text, "" for none. Raises
    `UnknownAnswer`, and `NotAllowed` for people who only look on.
    """
    may_change(by)
    topic = _usable(question, label)
    with transaction.atomic():
        locked = Judgement.objects.select_for_update(of=("self",)).get(pk=judgement.pk)
        correction = note(locked, question, label, by=by)
        if question == TOPIC:
            set_topic(locked.conversation, topic, by=by)
        elif question == LANGUAGE:
            set_language(locked.conversation, label, by=by)
    return correction


def agree(judgement: Judgement, *, by: User) -> int:
    """Say that all answers are right as they stand; returns how many that settles.

    What this or another person already said stays as it is. Raises `NotAllowed`.
    """
    may_change(by)
    with transaction.atomic():
        locked = Judgement.objects.select_for_update(of=("self",)).get(pk=judgement.pk)
        settled = set(locked.corrections.values_list("question", flat=True))
        left = [question for question in (TOPIC, *QUESTIONS) if question not in settled]
        for question in left:
            if question == TOPIC and locked.topic is not None:
                set_topic(locked.conversation, locked.topic, by=by)
            note(locked, question, _held(locked, question), by=by)
    return len(left)


def _held(judgement: Judgement, question: str) -> str:
    if question == TOPIC:
        return str(judgement.topic_id or "")
    return str(getattr(judgement, question))


def note(judgement: Judgement, question: str, label: str, *, by: User) -> Correction:
    """Store a person's word on a judgement and tell the model; changes no conversation."""
    said: dict[str, Any] = judgement.detail.get(question, {})
    before = str(said.get("label", judgement.language if question == LANGUAGE else ""))
    if question == TOPIC:
        judgement.topic_id = int(label) if label else None
    else:
        setattr(judgement, question, label)
    judgement.save(update_fields=[question])
    correction = Correction.objects.create(
        judgement=judgement,
        question=question,
        before=before,
        after=label,
        confidence=float(said.get("confidence", 0.0)),
        by=by,
    )
    conversation: Conversation = judgement.conversation
    record(
        JudgementCorrected(
            conversation=conversation.pk,
            channel=conversation.channel_id,
            by=by.pk,
            teams=teams_of(conversation),
            judgement=judgement.pk,
            correction=correction.pk,
            question=question,
        )
    )
    return correction


def _usable(question: str, label: str) -> Topic | None:
    if question == TOPIC:
        if not label:
            return None
        topic = Topic.objects.filter(pk=id_in(label)).first()
        if topic is None:
            raise UnknownAnswer("That topic does not exist any more. Choose another one.")
        return topic
    if question == LANGUAGE:
        if not re.fullmatch("[a-z]{2,3}", label):
            raise UnknownAnswer("Choose one of the languages in the list.")
    elif label not in QUESTIONS.get(question, ()):
        raise UnknownAnswer("There is no such answer. Choose one of those shown.")
    return None
