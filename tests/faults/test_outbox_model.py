"""Any order of what customers, writers, approvers, workers and their deaths can do: same laws.

Hypothesis plays: it receives, edits, deletes, drafts, reads again, sends, schedules, asks for
approval, lets approvers (and the wrong people) reword, approve and give back, takes a rule or a
role away while answers wait, gives another moment, undoes, lets time pass, loses answers of the
network, kills a worker between any two of its steps, and restarts it. After every step the laws of
`outbox_laws` hold: a reply stands at the network never or once, its state is true, one answer a
turn and slot, the text is the one its author sent or its approver agreed to, nothing that was kept
back leaves without a yes, and after a confirmed undo nobody calls. What its writer or approver had
not read is never answered over, also not by what was scheduled.
"""

from __future__ import annotations

import logging
import sys
import time
from random import randrange

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from harken.config.wiring import wire
from harken.domain.approvals.services import leaving
from harken.domain.replies.services import send as sending
from tests.cast import make_company
from tests.faults.outbox_customers import Customers
from tests.faults.outbox_games import Counted
from tests.faults.outbox_laws import LAWS, Board
from tests.faults.outbox_workers import Workers

STEPS = 50  # of one play
PLAYS = 10  # from one beginning: later ones are mostly repetitions of these
TOLD = 10_000  # steps after which a long run says how far it is
PUSHED, SOAKED = 5_000, 200_000  # steps
HAPPENS = ("undone", "kept back", "approved", "reworded", "given back", "came late")
HAPPENS_IN_THE_LONG_RUN = (
    *("left at its moment", "stayed as stale", "refused twice", "refused unread"),
    *("refused to the wrong one", "approved over news: refused", "asked on"),
)


class TheOutbox(Customers, Workers, Board):
    """One play of everybody."""

    @invariant()
    def the_laws_hold(self) -> None:
        for law in LAWS:
            law(self)


def play(steps: int, first: int) -> None:
    """Play that many steps; `first` is the seed of the first ten plays."""
    wire()
    TheOutbox.open_the_house(make_company())
    Counted.steps = Counted.plays = 0
    Counted.seen.clear()
    asked = settings(
        max_examples=PLAYS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=False,  # Hypothesis' default on build machines: the same ten plays, every time
        suppress_health_check=list(HealthCheck),
    )
    logging.disable(logging.ERROR)  # a lost answer is told with its whole stack, thousands of times
    began, told = time.monotonic(), 0
    try:
        while Counted.steps < steps:
            run_state_machine_as_test(seed(first + Counted.plays)(TheOutbox), settings=asked)
            if Counted.steps >= min(told + TOLD, steps):
                told = Counted.steps
                sys.stdout.write(
                    f"\noutbox model: {told} steps in {Counted.plays} plays from {first} and "
                    f"{time.monotonic() - began:.0f} s, 0 broken laws; {dict(Counted.seen)}\n"
                )
                sys.stdout.flush()
    finally:
        logging.disable(logging.NOTSET)


@pytest.mark.django_db
def test_no_order_of_events_breaks_a_law_of_the_outbox(monkeypatch) -> None:
    # The checks find nothing to stop in these texts, at half the price of every send; they have
    # tests of their own, and the long run below plays with them.
    monkeypatch.setattr(sending, "weigh", lambda *_, **__: [])
    monkeypatch.setattr(leaving, "weigh", lambda *_, **__: [])
    play(PUSHED, first=0)  # every run begins with the same dice
    assert min(Counted.seen[what] for what in HAPPENS) > 0, Counted.seen


# Each play its own transaction: what hundreds of thousands of steps leave behind can be vacuumed.
@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_200000_steps_break_no_law_of_the_outbox() -> None:
    play(SOAKED, first=randrange(2**32))  # others in every run
    assert min(Counted.seen[what] for what in (*HAPPENS, *HAPPENS_IN_THE_LONG_RUN)) > 0
