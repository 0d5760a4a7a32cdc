"""The saved answers as those who look after them see them: searched, filtered, counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Max, Q, QuerySet

from harken.domain.knowledge.models import Guideline, SavedAnswer
from harken.domain.knowledge.words import stem, telling
from harken.domain.people.models import Brand
from harken.kit import clock

SOON = timedelta(days=14)  # before its end an answer counts as ending
IDLE = timedelta(days=90)  # without a use an answer counts as unused
#: Which answers a list is narrowed to, with the words for it.
WHICH = (
    ("", "in use"),
    ("ending", "ended, or ending within 14 days"),
    ("unused", "not used for 90 days"),
    ("retired", "out of use"),
)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list of answers is narrowed to; empty means all. `which` is a key of `WHICH`."""

    text: str = ""
    which: str = ""
    topic: int | None = None
    language: str = ""
    owner: int | None = None


def listed(brand: Brand, narrowed: Narrowed) -> QuerySet[SavedAnswer]:
    """The answers of a brand, by title, each with `used` (times sent) and `last_used`."""
    found = SavedAnswer.objects.filter(brand=brand, retired_at__isnull=narrowed.which != "retired")
    for word in telling(narrowed.text):
        found = found.filter(Q(folded_title__contains=stem(word)) | Q(folded__contains=stem(word)))
    if narrowed.topic is not None:
        found = found.filter(topic=narrowed.topic)
    if narrowed.language:
        found = found.filter(language=narrowed.language)
    if narrowed.owner is not None:
        found = found.filter(owner=narrowed.owner)
    sent = Q(uses__sent_at__isnull=False)
    found = found.annotate(used=Count("uses", filter=sent), last_used=Max("uses__sent_at"))
    if narrowed.which == "ending":
        found = found.filter(valid_until__lte=clock.now().date() + SOON).order_by("valid_until")
        return found.select_related("topic", "owner")
    if narrowed.which == "unused":
        since = clock.now() - IDLE
        found = found.filter(Q(last_used=None) | Q(last_used__lt=since))
    return found.select_related("topic", "owner").order_by("title", "pk")


def ending_unsaid() -> QuerySet[SavedAnswer]:
    """Answers that end soon, or have ended, and whose owner was not told of that end."""
    return (
        SavedAnswer.objects.filter(
            retired_at=None, valid_until__lte=clock.now().date() + SOON, owner__is_active=True
        )
        .filter(Q(told_until=None) | ~Q(told_until=F("valid_until")))
        .select_related("owner")
        .order_by("valid_until", "pk")
    )


def guidelines_of(brand: Brand) -> dict[int, Guideline]:
    """The guidelines of a brand in force, by topic; each with `readers` of its newest version."""
    newest = Q(confirmations__version=F("version"))
    rows = Guideline.objects.filter(brand=brand, retired_at=None).select_related(
        "topic", "changed_by"
    )
    return {
        each.topic_id: each
        for each in rows.annotate(readers=Count("confirmations", filter=newest, distinct=True))
    }


def languages_of(answers: Iterable[SavedAnswer]) -> list[str]:
    """The languages that occur, each once."""
    return sorted({answer.language for answer in answers if answer.language})
