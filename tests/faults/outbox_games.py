"""The board the model of the outbox is played on: a counted network, and what the players know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any
from zlib import crc32

from django.db import connection, transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.domain.replies.models import ReplyState
from harken.kit.connector import OutboundReply, Receipt
from tests.cast import Company
from tests.domain.replies.conftest import Network, ObedientConnector, Outbox

RARE = 5  # a move with this weight or less may be left out of a play
LATER = timedelta(days=1)
seldom = st.sampled_from([False, False, False, True])
dice = st.integers(0, 2**64)
pick = st.integers(0, 1_000)
pieces = st.sampled_from(["It arrives tomorrow, Amara.", "We look at it today.", "Sorry, Amara!"])


class Counted:
    """What is counted across the plays."""

    applied: Counter[str] = Counter()
    steps = 0
    plays = 0
    seen: Counter[str] = Counter()


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


class CountedOutbox(Outbox):
    """A worker over the counted connector."""

    def _connector_for(self, channel):
        return CountedConnector(self.network)


@dataclass(frozen=True, slots=True)
class Row:
    """An answer as it is stored now, with its approval; `is_due`: a worker may take it."""

    pk: int
    key: str
    state: str
    body: str
    body_sha256: str
    conversation: int
    turn: int
    slot: int
    author: int
    target: str
    error: str
    tries: int
    is_due: bool
    approval: int | None
    decision: str | None
    decided_by: int | None
    sha256: str | None
    asked: list[int]
    wordings: list[str]


# One statement a step, and no models: reading the board is most of what a step costs.
READ = """
SELECT r.id, r.key, r.state, r.body, r.body_sha256, r.conversation_id, r.turn_id, r.slot,
       r.author_id, m.external_id, r.error,
       (SELECT count(*) FROM replies_attempt t
        WHERE t.reply_id = r.id AND t.worker NOT LIKE 'person %'),
       r.next_attempt_at <= statement_timestamp(),
       a.id, a.decision, a.decided_by_id, a.sha256,
       CASE WHEN a.id IS NULL THEN '{}' ELSE ARRAY(
           SELECT s.person_id FROM approvals_approvalstep s
           WHERE s.approval_id = a.id AND s.was_asked ORDER BY s.id) END,
       CASE WHEN a.id IS NULL THEN '{}' ELSE ARRAY(
           SELECT w.body FROM approvals_wording w
           WHERE w.approval_id = a.id ORDER BY w.number) END
FROM replies_reply r
JOIN conversations_message m ON m.id = r.target_id
LEFT JOIN approvals_approval a ON a.reply_id = r.id
ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class Move:
    """What may be played: under which name, how often beside the others, when, and with what."""

    what: str
    often: int
    when: Callable[[Any], bool]
    given: dict[str, st.SearchStrategy[Any]]
    act: Callable[..., None]


MOVES: dict[str, Move] = {}


def move(
    what: str, often: int, *, when: Callable[[Any], bool] = lambda _: True, **given: Any
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a move of a method, played only when `when` holds, `often` times as often as others.

    Rules of Hypothesis are chosen evenly: most of a play would be what is cheap to repeat, and
    hardly an answer would ever be written, approved and delivered.
    """

    def made(act: Callable[..., None]) -> Callable[..., None]:
        @wraps(act)
        def played(game: Game, *args: Any, **chosen: Any) -> None:
            Counted.steps += 1
            Counted.seen[what] += 1
            try:
                act(game, *args, **chosen)
            finally:
                game.forget()

        MOVES[what] = Move(what, often, when, given, played)
        return played

    return made


@dataclass(slots=True)
class Posted:
    """A customer's post as its writer left it."""

    external_id: str
    conversation: int
    thread: str
    by: str
    version: int = 1
    is_there: bool = True


def _rare() -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(each.what for each in MOVES.values() if each.often <= RARE))


class Game(RuleBasedStateMachine):
    """One play; everything it wrote is rolled back at its end.

    What should be so is kept here by the players themselves, never read from what is stored.
    """

    company: Company

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        Counted.applied.clear()
        Counted.plays += 1
        self.company = copy(type(self).company)
        self.company.ben = copy(self.company.ben)  # he comes and goes in this play alone
        self.network = Network()
        self.outbox = CountedOutbox(self.network)
        self.played = 0
        self.left_out: set[str] = set()
        self.posts: list[Posted] = []
        self.texts: dict[int, str] = {}
        self.writers: dict[int, int] = {}
        self.calls_at_undo: dict[int, int] = {}
        self.news: Counter[int] = Counter()  # what customers did, by conversation
        self.answered: Counter[int] = Counter()  # how many posts there were at the last answer
        self.read: dict[tuple[int, int], tuple[int, int]] = {}  # the place and the news until it
        self._rows: list[Row] | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(left_out=st.sets(st.deferred(_rare), max_size=3))
    def some_moves_are_left_out(self, left_out: set[str]) -> None:
        """What is only found where nobody undoes, say, is found as well."""
        self.left_out = left_out

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        may = [each for each in MOVES.values() if each.what not in self.left_out]
        now = [each for each in may if each.when(self) for _ in range(each.often)]
        if not now:
            return
        # Hypothesis likes small numbers and what it drew before, and would play little else.
        self.played += 1
        one = now[crc32(b"%d %d" % (data.draw(dice), self.played)) % len(now)]
        note(one.what)
        one.act(self, **{name: data.draw(values, name) for name, values in one.given.items()})

    def forget(self) -> None:
        """A step was made: what is stored has to be read again."""
        self._rows = None

    @property
    def rows(self) -> list[Row]:
        """Every answer as it is stored now."""
        if self._rows is None:
            with connection.cursor() as cursor:
                cursor.execute(READ)
                self._rows = [Row(*each) for each in cursor.fetchall()]
        return self._rows

    # --- choosing -----------------------------------------------------------------------------

    def in_state(self, *states: str) -> list[Row]:
        return [row for row in self.rows if row.state in states]

    def is_any(self, *states: str) -> bool:
        return any(row.state in states for row in self.rows)

    def is_under_way(self) -> bool:
        return self.is_any("approval", "scheduled", "held", "queued", "sending", "checking")

    def may_leave(self) -> bool:
        leaving = {ReplyState.SCHEDULED, ReplyState.HELD, ReplyState.QUEUED}
        return any(row.is_due and row.state in leaving for row in self.rows)

    def conversation(self, number: int) -> Conversation:
        """One in which something is new since it was answered, mostly."""
        known = sorted({each.conversation for each in self.posts})
        waiting = self.waiting_for_us()
        found = known if number % 5 == 4 or not waiting else waiting
        return Conversation.objects.get(pk=found[number % len(found)])

    def waiting_for_us(self) -> list[int]:
        """Conversations with a post that is still there and came after the last answer."""
        new = enumerate(self.posts, start=1)
        open_ones = (each for at, each in new if at > self.answered[each.conversation])
        return sorted({each.conversation for each in open_ones if each.is_there})

    def writer(self, number: int) -> User:
        """Mika, who may be learning, or Ben, who may be somebody else's colleague today."""
        return (self.company.mika, self.company.ben, self.company.mika)[number % 3]

    def calls(self, key: str) -> int:
        """How often the network was asked to post this."""
        return self.network.calls.count(("send", key))
