"""The words that lead to a topic."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from harken.domain.conversations.models import Topic
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.triage.events import TopicWordsChanged
from harken.domain.triage.models import TopicWords
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed

MOST_WORDS = 200
LONGEST = 80  # characters


class UnusableWords(Invalid):
    """There are too many words, or one is too long or too short to mean anything."""


def may_manage(user: User) -> None:
    """Raises `NotAllowed` for people who are neither lead nor manager."""
    if not user.can_manage:
        raise NotAllowed("Leads and managers look after triage. Ask one of them.")


def set_words(topic: Topic, words: Iterable[str], *, by: User) -> TopicWords:
    """Route by these words and phrases from now on; `*` at an end stands for any ending.

    Empty lines and repeats are left out. Raises `UnusableWords` and `NotAllowed`.
    """
    may_manage(by)
    kept = list(dict.fromkeys(" ".join(word.lower().split()) for word in words))
    kept = [word for word in kept if word]
    if len(kept) > MOST_WORDS:
        raise UnusableWords(f"A topic can have {MOST_WORDS} words at most.")
    for word in kept:
        if len(word) > LONGEST:
            raise UnusableWords(f"“{word[:20]}…” is longer than {LONGEST} characters.")
        if len(word.rstrip("*")) < (3 if word.endswith("*") else 2):
            raise UnusableWords(f"“{word}” is too short: it would be found everywhere.")
    with transaction.atomic():
        values = {"words": kept, "changed_by": by, "changed_at": clock.now()}
        row, _ = TopicWords.objects.update_or_create(topic=topic, defaults=values)
        record(TopicWordsChanged(by=by.pk, topic=topic.pk))
    return row
