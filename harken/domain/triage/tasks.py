"""The loop that reads the journal and sorts what came in; part of the worker process.

Any number of workers may run it: an advisory lock lets one at a time work through the next
entries, and the cursor moves in the transaction that stores their effects.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from harken.domain.conversations.models import Conversation, Direction, Message, State
from harken.domain.journal.queries import Entry, Position, after, horizon
from harken.domain.journal.rounds import look_until
from harken.domain.triage.model.language import LanguageDetector
from harken.domain.triage.model.rules import TOPIC
from harken.domain.triage.model.sorter import Sorter
from harken.domain.triage.models import Correction, Judgement, TriageCursor
from harken.domain.triage.queries import cut_of, topics_with_words
from harken.domain.triage.services.judge import judged, store, to_judge
from harken.domain.triage.services.memory import catch_up, load, only_writer
from harken.domain.triage.services.teach import learn, overheard

NAME = "journal"
BATCH = 100  # journal entries in one transaction: short ones keep the live stream fresh
BACKLOG = 2000  # newest open messages that are judged when triage starts for the first time
POLL = 0.3  # seconds between two looks at a quiet journal
SAID = {"JudgementCorrected", "TopicChanged", "ConversationClosed"}  # when by a person
CLOSED_AS = {"spam": "spam", "not_us": "irrelevant"}


def run(stop: threading.Event) -> None:
    """Sort messages and learn corrections until `stop` is set."""
    triage = Triage()
    look_until(stop, lambda: 0.0 if triage.turn() else POLL, "triage")


@dataclass(slots=True)
class Work:
    """What a stretch of the journal asks for."""

    messages: list[int] = field(default_factory=list)
    said: list[Entry] = field(default_factory=list)


class Triage:
    """One worker's model in memory and its place in the journal."""

    def __init__(self) -> None:
        self._sorter: Sorter | None = None
        self.version = 0

    def forget(self) -> None:
        """Drop the model: after a failed batch memory may know more than the database."""
        self._sorter = None

    def turn(self) -> bool:
        """Work through the next entries; False when there were none or somebody else is at it."""
        try:
            with transaction.atomic():
                return only_writer(wait=False) and self._batch()
        except Exception:
            self.forget()
            raise

    def _batch(self) -> bool:
        place = TriageCursor.objects.filter(pk=NAME).first()
        if place is None:
            self._begin()
            return True
        entries = after(Position(place.xid, place.event), BATCH)
        if not entries:
            return False
        work = asked_of(entries)
        if work.messages or work.said:
            self._do(work)
        last = entries[-1].position
        TriageCursor.objects.filter(pk=NAME).update(xid=last.xid, event=last.id)
        return True

    def _do(self, work: Work) -> None:
        sorter = self._current()
        # Everything is worked out before the first row is written: the live stream waits for
        # the oldest transaction that writes.
        pairs = judged(sorter, to_judge(work.messages))
        if pairs:
            store(pairs, model=self.version, cut=cut_of(TOPIC))
        for entry in work.said:
            self._hear(sorter, entry)

    def _begin(self) -> None:
        """Start at today's end of the journal, and judge what is open already."""
        start = horizon()
        sorter = self._current()
        newest = (
            Message.objects.filter(conversation__state=State.OPEN, direction=Direction.INBOUND)
            .order_by("-pk")
            .values_list("pk", flat=True)[:BACKLOG]
        )
        pairs = judged(sorter, to_judge(list(newest)))
        store(pairs, model=self.version, cut=cut_of(TOPIC), tell=False)
        TriageCursor.objects.create(name=NAME, xid=start.xid, event=start.id)

    def _current(self) -> Sorter:
        topics = topics_with_words()
        if self._sorter is None:
            self._sorter = Sorter(LanguageDetector(settings.TRIAGE_LANGUAGES), topics)
            self.version = load(self._sorter)
        else:
            self.version = catch_up(self._sorter, self.version)
        self._sorter.use_topics(topics)
        return self._sorter

    def _hear(self, sorter: Sorter, entry: Entry) -> None:
        correction = said_in(entry)
        if correction is not None:
            self.version = learn(sorter, correction) or self.version


def asked_of(entries: Sequence[Entry]) -> Work:
    """The messages to judge and the entries in which a person said something to learn from."""
    work = Work()
    for entry in entries:
        if entry.kind in {"MessageReceived", "MessageEdited"}:
            work.messages.append(int(entry.data["message"]))
        elif entry.actor is not None and entry.kind in SAID:
            work.said.append(entry)
    return work


def said_in(entry: Entry) -> Correction | None:
    """The correction an entry stands for; a topic set or a closing as spam becomes one."""
    if entry.kind == "JudgementCorrected":
        found = Correction.objects.select_related("judgement__message", "by")
        return found.filter(pk=entry.data["correction"]).first()
    judgement = _meant(entry.conversation) if entry.conversation else None
    if judgement is None or entry.actor is None:
        return None
    if entry.kind == "TopicChanged":
        topic = entry.data.get("topic")
        # No topic at all is often a slip on the way to another one: nothing to learn.
        return overheard(judgement, TOPIC, str(topic), by=entry.actor) if topic else None
    label = CLOSED_AS.get(str(entry.data.get("reason", "")))
    return overheard(judgement, "relevance", label, by=entry.actor) if label else None


def _meant(conversation: int) -> Judgement | None:
    """The judgement a person most likely had in mind: of the first message nobody had answered."""
    found = Judgement.objects.filter(conversation=conversation, message__deleted_at=None)
    place = Conversation.objects.filter(pk=conversation).values_list("turn", flat=True).first()
    rows = found.select_related("message", "conversation").order_by("-pk")
    return (rows.filter(message=place).first() if place else None) or rows.first()
