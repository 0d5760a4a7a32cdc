"""Writing saved answers, and taking them out of use. Every wording stays as a version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from harken.domain.conversations.models import Topic
from harken.domain.journal.services import record
from harken.domain.knowledge.events import (
    SavedAnswerRestored,
    SavedAnswerRetired,
    SavedAnswerWritten,
)
from harken.domain.knowledge.models import SavedAnswer, SavedAnswerVersion
from harken.domain.knowledge.services.permission import may_change, may_manage
from harken.domain.knowledge.wording import SHORTEST, is_whole
from harken.domain.knowledge.words import folded
from harken.domain.people.models import Brand, User
from harken.kit import clock
from harken.kit.refusals import Invalid
from harken.kit.text import storable

LONGEST_TITLE = 100  # characters
LONGEST = 3000  # characters of a long wording, and of the evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPlan:
    """What a saved answer is to be. `valid_until` None: it has no end. `language` "": any."""

    title: str
    short: str
    owner: User
    long: str = ""
    topic: Topic | None = None
    language: str = ""
    evidence: str = ""
    valid_until: date | None = None


def write_answer(brand: Brand, plan: AnswerPlan, *, by: User) -> SavedAnswer:
    """A new saved answer. Raises `NotAllowed`, and `Invalid` naming the field."""
    may_manage(brand, by)
    with transaction.atomic():
        answer = SavedAnswer(brand=brand, version=1)
        return _keep(answer, plan, by)


def change_answer(answer: SavedAnswer, plan: AnswerPlan, *, by: User) -> SavedAnswer:
    """Another wording, owner or end. Raises `NotAllowed`, and `Invalid` naming the field."""
    may_change(answer, by)
    with transaction.atomic():
        locked = SavedAnswer.objects.select_for_update().get(pk=answer.pk)
        locked.version += 1
        return _keep(locked, plan, by)


def retire_answer(answer: SavedAnswer, *, by: User) -> SavedAnswer:
    """Offer it no more; once retired it stays so. Raises `NotAllowed`."""
    may_change(answer, by)
    with transaction.atomic():
        rows = SavedAnswer.objects.filter(pk=answer.pk, retired_at=None)
        if rows.update(retired_at=clock.now()):
            record(SavedAnswerRetired(by=by.pk, answer=answer.pk))
    return SavedAnswer.objects.get(pk=answer.pk)


def restore_answer(answer: SavedAnswer, *, by: User) -> SavedAnswer:
    """Offer it again. Raises `NotAllowed`."""
    may_change(answer, by)
    with transaction.atomic():
        rows = SavedAnswer.objects.filter(pk=answer.pk, retired_at__isnull=False)
        if rows.update(retired_at=None):
            record(SavedAnswerRestored(by=by.pk, answer=answer.pk))
    return SavedAnswer.objects.get(pk=answer.pk)


def _keep(answer: SavedAnswer, plan: AnswerPlan, by: User) -> SavedAnswer:
    answer.title = storable(" ".join(plan.title.split()), LONGEST_TITLE)
    answer.short, answer.long = _wording(plan.short), _wording(plan.long)
    answer.evidence = storable(plan.evidence.strip(), LONGEST)
    answer.topic, answer.language, answer.owner = plan.topic, plan.language, plan.owner
    answer.valid_until = plan.valid_until
    _refuse_half_done(answer)
    answer.changed_by, answer.changed_at = by, clock.now()
    answer.folded_title = folded(answer.title)
    answer.folded = folded(f"{answer.short}\n{answer.long}")
    answer.save()
    SavedAnswerVersion.objects.create(
        answer=answer,
        number=answer.version,
        title=answer.title,
        short=answer.short,
        long=answer.long,
        evidence=answer.evidence,
        valid_until=answer.valid_until,
        written_by=by,
    )
    record(SavedAnswerWritten(by=by.pk, answer=answer.pk, version=answer.version))
    return answer


def _wording(text: str) -> str:
    return storable(text.strip().replace("\r\n", "\n"), LONGEST + 1)


def _refuse_half_done(answer: SavedAnswer) -> None:
    if not answer.title:
        raise Invalid("Title: say in a few words what it answers.", field="title")
    if not answer.short:
        raise Invalid("Short wording: write one that fits every network.", field="short")
    if len(answer.short) > SHORTEST:
        raise Invalid(
            f"Short wording: {len(answer.short) - SHORTEST} characters too long; "
            f"{SHORTEST} fit everywhere. What is longer goes into the long one.",
            field="short",
        )
    if len(answer.long) > LONGEST:
        raise Invalid(f"Long wording: {LONGEST} characters at most.", field="long")
    for name in ("short", "long"):
        if not is_whole(getattr(answer, name)):
            said = "Holes: a hole is a word in braces, such as {name} or {personal}."
            raise Invalid(said, field=name)
    if answer.topic is not None and answer.topic.retired_at is not None:
        raise Invalid("Topic: this one is out of use. Choose another.", field="topic")
    if not (answer.owner.is_active and answer.owner.can_answer):
        raise Invalid("Owner: choose somebody who writes to customers.", field="owner")
