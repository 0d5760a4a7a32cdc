"""Any order of what customers, writers, workers and their deaths can do, against the same laws.

Hypothesis plays: it receives, edits, deletes, drafts, reads again, sends, schedules, gives another
moment, undoes, lets time pass,
loses answers of the network, kills a worker between any two of its steps, and restarts it. After
every step the laws of the outbox hold: a reply stands at the network never or once, its state is
true, one answer a turn and slot, the text is the one its author sent, and after a confirmed undo
nobody calls. What its writer had not read is never answered over, also not by what they scheduled.
"""

from __future__ import annotations

import hashlib
import sys
import uuid
from collections import Counter

import pytest
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from harken.config.wiring import wire
from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.conversations.services.changes import apply_deletion, apply_edit
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.replies.delivery import moment
from harken.domain.replies.delivery.outcome import Fenced, delivered
from harken.domain.replies.models import GONE, ON_ITS_WAY, WAITING, Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.queries_moved import place_in
from harken.domain.replies.services.draft import save_draft
from harken.domain.replies.services.send import Before, send
from harken.domain.replies.services.settle import edit_again, resolve_by_hand
from harken.domain.replies.services.undo import undo
from harken.kit import clock
from harken.kit.connector import (
    OutboundReply,
    PostDeleted,
    PostEdited,
    RateLimited,
    Refused,
    Unclear,
)
from harken.kit.refusals import Refusal
from tests.cast import Company, make_company, post
from tests.domain.replies.conftest import Network, ObedientConnector
from tests.faults.outbox_games import (
    LATER,
    Counted,
    CountedConnector,
    CountedOutbox,
    Scheduling,
    pick,
    pieces,
)

STEPS = 50  # of one play
PLAYS = 40  # on every push
SOAK_PLAYS = 4_200  # more than 200,000 steps

troubles = st.sampled_from(
    [None, None, "lost", Unclear("cut"), Refused("no"), RateLimited("slow", retry_after=5)]
)


class TheOutbox(Scheduling):
    """One play; everything it wrote is rolled back at its end."""

    company: Company

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        Counted.applied.clear()
        Counted.plays += 1
        self.network = Network()
        self.outbox = CountedOutbox(self.network)
        self.texts: dict[int, str] = {}
        self.calls_at_undo: dict[int, int] = {}
        self.read: dict[tuple[int, int], int] = {}
        self.news: Counter[int] = Counter()  # what customers and colleagues did, by conversation
        self.news_read: dict[tuple[int, int], int] = {}
        self.dead = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # --- choosing -----------------------------------------------------------------------------

    def one(self, rows, number: int):
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    def writer(self, number: int):
        return (self.company.mika, self.company.ben)[number % 2]

    def conversation(self, number: int):
        return self.one(Conversation.objects.all(), number)

    def did(self, what: str) -> None:
        Counted.steps += 1
        Counted.seen[what] += 1

    # --- customers ----------------------------------------------------------------------------

    @initialize(number=pick)
    def begin(self, number: int) -> None:
        self.receive(number)
        self.receive(number + 1)

    @rule(number=pick)
    def receive(self, number: int) -> None:
        self.did("receive")
        under = self.one(Message.objects.filter(direction=Direction.INBOUND), number)
        more = {} if under is None or number % 3 == 0 else {
            "root_id": under.conversation.thread_key, "parent_id": under.external_id
        }  # fmt: skip
        by = "amara" if more else f"guest{number}"
        if more and under is not None:
            by = under.conversation.handle.handle.partition(".")[0]
        written = post("Where is it?", by=by, **more)
        receive_posts(self.company.channel, [written])
        message = Message.objects.get(external_id=written.external_id)
        self.news[message.conversation_id] += 1

    @rule(number=pick)
    def edit(self, number: int) -> None:
        self.did("edit")
        message = self.one(Message.objects.filter(direction=Direction.INBOUND), number)
        if message is not None:
            version = f"{int(message.version or 0) + 1}"
            changed = PostEdited(message.external_id, "Where is it now?", clock.now(), version)
            self.news[message.conversation_id] += apply_edit(self.company.channel, changed)

    @rule(number=pick)
    def delete(self, number: int) -> None:
        self.did("delete")
        if number % 3:  # or nothing is ever answered
            return
        message = self.one(Message.objects.filter(direction=Direction.INBOUND), number)
        if message is not None and message.deleted_at is None:
            apply_deletion(self.company.channel, PostDeleted(message.external_id, clock.now()))
            self.news[message.conversation_id] += 1

    # --- writers ------------------------------------------------------------------------------

    @rule(number=pick, who=pick, text=pieces)
    def draft(self, number: int, who: int, text: str) -> None:
        self.did("draft")
        found = self.conversation(number)
        if found is not None:
            save_draft(found, body=text, by=self.writer(who))
            assert draft_of(found, self.writer(who)).body == text

    @rule(number=pick, who=pick)
    def read_again(self, number: int, who: int) -> None:
        self.did("read again")
        found = self.conversation(number)
        if found is not None:
            key = (found.pk, self.writer(who).pk)
            self.read[key] = place_in(found)
            self.news_read[key] = self.news[found.pk]

    @rule(number=pick, who=pick, text=pieces, again=st.booleans(), twice=st.booleans())
    def send(self, number: int, who: int, text: str, again: bool, twice: bool) -> None:
        self.did("send")
        found = self.conversation(number)
        if found is None:
            return
        by, client_key = self.writer(who), uuid.uuid4()
        place = self.read.get((found.pk, by.pk))
        before = Before(again=again, read_up_to=place)
        try:
            reply = send(found, body=text, client_key=client_key, by=by, **before)
        except Refusal:
            Counted.seen["send refused"] += 1
            return
        if place is not None:
            assert self.news_read[found.pk, by.pk] == self.news[found.pk], "answered over news"
        self.texts[reply.pk] = text
        if twice:
            assert send(found, body="x", client_key=client_key, by=by, **before).pk == reply.pk

    @rule(number=pick, stranger=st.integers(0, 3))
    def undo(self, number: int, stranger: int) -> None:
        self.did("undo")
        reply = self.one(
            Reply.objects.filter(state__in=["scheduled", "held", "queued", "sending"]), number
        )
        if reply is None:
            return
        by = self.company.vic if stranger == 3 else reply.author
        try:
            undo(reply, by=by)
        except Refusal:
            return
        assert by == reply.author
        assert self.texts[reply.pk] in draft_of(reply.conversation, reply.author).body
        self.calls_at_undo[reply.pk] = self.network.calls.count(("send", reply.key))
        Counted.seen["undone"] += 1

    @rule(number=pick)
    def settle_by_hand(self, number: int) -> None:
        self.did("settle by hand")
        reply = self.one(Reply.objects.filter(state=ReplyState.NEEDS_HUMAN), number)
        if reply is not None:
            there = reply.key in self.network.records
            resolve_by_hand(reply, was_sent=there, by=reply.author)

    @rule(number=pick)
    def edit_refused(self, number: int) -> None:
        self.did("edit again")
        reply = self.one(Reply.objects.filter(state=ReplyState.REFUSED), number)
        if reply is not None:
            assert self.texts[reply.pk] in edit_again(reply, by=reply.author).body

    # --- time, workers and their deaths -------------------------------------------------------

    @rule()
    def time_passes(self) -> None:
        """Holds, pauses, leases and settle times end, and the moments that were chosen come."""
        self.did("time passes")
        Reply.objects.filter(state=ReplyState.SCHEDULED).update(
            go_at=Now() - LATER, hold_until=Now() - LATER, next_attempt_at=Now() - LATER
        )
        Reply.objects.filter(state__in=ON_ITS_WAY).update(
            hold_until=Now() - LATER, next_attempt_at=Now() - LATER, lease_until=Now() - LATER
        )

    @rule(trouble=troubles)
    def deliver(self, trouble) -> None:
        self.did("deliver")
        self.network.answers[:] = [trouble] if trouble else []
        self.outbox.deliver()
        self.network.answers.clear()

    @rule(trouble=troubles)
    def look(self, trouble) -> None:
        self.did("look")
        self.network.answers[:] = [trouble] if trouble not in {None, "lost"} else []
        self.outbox.look()
        self.network.answers.clear()

    @rule(before_the_call=st.booleans())
    def kill(self, before_the_call: bool) -> None:
        """A worker dies between its claim and its call, or between the call and its settling."""
        self.did("kill")
        for claim in self.outbox.claim(2):
            self.dead += 1
            if not before_the_call:
                letter = OutboundReply(claim.reply.key, claim.reply.body, "t", "r")
                self.network.answers.clear()
                CountedConnector(self.network).send(letter)
        self.outbox = CountedOutbox(self.network, name=f"worker{self.dead}")

    @rule()
    def come_late(self) -> None:
        """A worker whose call took longer than its lease comes back: it may change nothing."""
        self.did("come late")
        for claim in self.outbox.claim(1):
            letter = OutboundReply(claim.reply.key, claim.reply.body, "t", "r")
            receipt = CountedConnector(self.network).send(letter)
            Reply.objects.filter(pk=claim.reply.pk).update(next_attempt_at=Now() - LATER)
            while Reply.objects.get(pk=claim.reply.pk).state == ReplyState.SENDING:
                assert CountedOutbox(self.network, name="other").look()
            with pytest.raises(Fenced):
                delivered(claim, receipt)
            Counted.seen["came late"] += 1

    # --- the laws -----------------------------------------------------------------------------

    @invariant()
    def a_reply_stands_there_once_at_most(self) -> None:
        assert all(count <= 1 for count in Counted.applied.values()), Counted.applied

    @invariant()
    def every_state_is_true_and_every_text_its_author_s(self) -> None:
        for reply in Reply.objects.all():
            there = self.network.records.get(reply.key)
            if reply.state == ReplyState.SENT:
                assert there is not None
            if reply.state in {*GONE, *WAITING, ReplyState.HELD, ReplyState.QUEUED}:
                assert there is None, reply.state
            assert reply.body == self.texts[reply.pk]
            assert reply.body_sha256 == hashlib.sha256(reply.body.encode()).hexdigest()
            assert there is None or there.text == reply.body

    @invariant()
    def a_turn_has_one_answer_in_a_slot(self) -> None:
        open_ones = Reply.objects.exclude(state__in=GONE).values_list("turn", "slot")
        assert len(open_ones) == len(set(open_ones))

    @invariant()
    def after_an_undo_nobody_calls(self) -> None:
        for reply in Reply.objects.filter(pk__in=self.calls_at_undo):
            assert reply.state == ReplyState.UNDONE
            calls = self.network.calls.count(("send", reply.key))
            assert calls == self.calls_at_undo[reply.pk]


def play(plays: int) -> None:
    wire()
    TheOutbox.company = make_company()
    Counted.steps = Counted.plays = 0
    Counted.seen.clear()
    asked = settings(
        max_examples=plays,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(TheOutbox, settings=asked)
    sys.stdout.write(
        f"\noutbox model: {Counted.steps} steps in {Counted.plays} plays, 0 broken laws; "
        f"{dict(Counted.seen)}\n"
    )
    assert Counted.seen["undone"] > 0


@pytest.mark.django_db
def test_the_laws_find_a_worker_that_repeats_blindly(monkeypatch) -> None:
    TheOutbox.company = make_company()
    game = TheOutbox()
    game.receive(0)
    game.send(0, 0, "It arrives tomorrow, Amara.", again=False, twice=False)
    game.time_passes()
    game.kill(before_the_call=False)
    game.time_passes()
    monkeypatch.setattr(ObedientConnector, "find", lambda *_: None)  # looks, and sees nothing
    game.look(None)
    with pytest.raises(AssertionError):
        game.every_state_is_true_and_every_text_its_author_s()
    game.deliver(None)
    with pytest.raises(AssertionError):
        game.a_reply_stands_there_once_at_most()
    game.teardown()


@pytest.mark.django_db
def test_the_laws_find_a_stale_answer_that_leaves(monkeypatch) -> None:
    TheOutbox.company = make_company()
    game = TheOutbox()
    game.receive(0)
    game.schedule(0, 0, "It arrives tomorrow, Amara.", again=False)
    game.what_is_stale_is_not_begun()
    game.edit(0)
    game.time_passes()
    monkeypatch.setattr(moment, "moved_since", lambda *_, **__: [])  # looks, and sees nothing
    game.deliver(None)
    with pytest.raises(AssertionError):
        game.what_is_stale_is_not_begun()
    game.teardown()


@pytest.mark.django_db
def test_no_order_of_events_breaks_a_law_of_the_outbox() -> None:
    play(PLAYS)


@pytest.mark.soak
@pytest.mark.django_db
def test_200000_steps_break_no_law_of_the_outbox() -> None:
    play(SOAK_PLAYS)
    assert Counted.steps >= 200_000
    assert min(Counted.seen["left at its moment"], Counted.seen["stayed as stale"]) > 0
