"""Owners hear of it before a saved answer of theirs ends; in every worker, all day."""

from __future__ import annotations

import threading

from django.db import transaction
from django.urls import reverse

from harken.domain.journal.rounds import look_until
from harken.domain.knowledge.models import SavedAnswer
from harken.domain.knowledge.queries_answers import ending_unsaid
from harken.domain.notifications.services.tell import notify

PAUSE = 60.0  # seconds between two looks; an end is a day, not a moment
AT_ONCE = 50


def run(stop: threading.Event) -> None:
    """Look until `stop` is set; closes the database connection of the calling thread."""

    def round_() -> float:
        tell_owners()
        return PAUSE

    look_until(stop, round_, "the look at saved answers that end")


def tell_owners() -> int:
    """Tell each owner once of each end; how many were told. Two workers tell nobody twice."""
    told = 0
    with transaction.atomic():
        rows = ending_unsaid().select_for_update(of=("self",), skip_locked=True, no_key=True)
        for answer in rows[:AT_ONCE]:
            SavedAnswer.objects.filter(pk=answer.pk).update(told_until=answer.valid_until)
            notify(
                "answer_ending",
                to=[answer.owner],
                text=f"Until {answer.valid_until:%d %B} and no longer: “{answer.title}”",
                url=reverse("manage:answer", args=[answer.pk]),
            )
            told += 1
    return told
