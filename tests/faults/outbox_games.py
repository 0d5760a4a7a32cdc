"""What the model of the outbox is played with: counted networks, and scheduling."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.domain.replies.models import GONE, WAITING, Reply, ReplyState
from harken.domain.replies.services.schedule import reschedule
from harken.domain.replies.services.send import Before, send
from harken.kit import clock
from harken.kit.connector import OutboundReply, Receipt
from harken.kit.refusals import Refusal
from tests.domain.replies.conftest import ObedientConnector, Outbox

LATER = timedelta(days=1)
pick = st.integers(0, 1_000)
pieces = st.sampled_from(["It arrives tomorrow, Amara.", "We look at it today.", "Sorry, Amara!"])


class CountedConnector(ObedientConnector):
    """Counts what the network applied, however often it was asked."""

    def send(self, reply: OutboundReply) -> Receipt:
        net = self.network_at_hand
        had = net.records.pop(reply.key, None)
        try:
            return super().send(reply)
        finally:
            Counted.applied[reply.key] += reply.key in net.records
            if had is not None:
                net.records[reply.key] = had


class Counted:
    """What is counted across a play."""

    applied: Counter[str] = Counter()
    steps = 0
    plays = 0
    seen: Counter[str] = Counter()


class CountedOutbox(Outbox):
    """A worker over the counted connector."""

    def _connector_for(self, channel):
        return CountedConnector(self.network)


class Scheduling(RuleBasedStateMachine):
    """Writers choose moments; the moments come. The game is in `test_outbox_model`."""

    texts: dict[int, str]
    calls_at_undo: dict[int, int]
    news: Counter[int]

    def __init__(self) -> None:
        super().__init__()
        self.news_scheduled: dict[int, int] = {}  # as many as had happened when it was scheduled
        self.tries: Counter[int] = Counter()

    def did(self, what: str) -> None:
        raise NotImplementedError

    def one(self, rows, number: int):
        raise NotImplementedError

    def writer(self, number: int) -> User:
        raise NotImplementedError

    def conversation(self, number: int) -> Conversation | None:
        raise NotImplementedError

    @rule(number=pick, who=pick, text=pieces, again=st.booleans())
    def schedule(self, number: int, who: int, text: str, again: bool) -> None:
        self.did("schedule")
        found = self.conversation(number)
        if found is None:
            return
        by, before = self.writer(who), Before(again=again, go_at=clock.now() + LATER)
        try:
            reply = send(found, body=text, client_key=uuid.uuid4(), by=by, **before)
        except Refusal:
            Counted.seen["schedule refused"] += 1
            return
        assert reply.state == ReplyState.SCHEDULED
        self.texts[reply.pk] = text
        self.news_scheduled[reply.pk] = self.news[found.pk]

    @rule(number=pick)
    def reschedule(self, number: int) -> None:
        self.did("reschedule")
        reply = self.one(Reply.objects.filter(state=ReplyState.SCHEDULED), number)
        if reply is not None:
            later = clock.now() + 2 * LATER
            assert reschedule(reply, later, by=reply.author).next_attempt_at == later

    @invariant()
    def what_is_stale_is_not_begun(self) -> None:
        """No try of a scheduled answer begins once a customer or a colleague did something more."""
        for reply in Reply.objects.filter(pk__in=self.news_scheduled):
            tries = reply.attempts.count()
            if tries > self.tries[reply.pk]:
                Counted.seen["left at its moment"] += 1
                assert self.news[reply.conversation_id] == self.news_scheduled[reply.pk], "stale"
                later = Reply.objects.filter(conversation=reply.conversation_id, pk__gt=reply.pk)
                answered = later.exclude(author=reply.author_id).exclude(
                    state__in=[*GONE, *WAITING]
                )
                assert not answered.exists(), "a colleague had answered"
            self.tries[reply.pk] = tries
            Counted.seen["stayed as stale"] += reply.error.startswith("It did not leave")
