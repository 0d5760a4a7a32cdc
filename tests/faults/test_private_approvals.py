"""Random lives of private texts while the workers that show them are killed: no word before a yes.

Several talks at once, one writer who learns. At every step somebody asks, edits, approves, gives
back or takes back, rightly or not, and sometimes dies in the middle of it; three workers let out
what is due and are killed again and again. What a customer's page shows is looked at after every
step, and compared by its hash with what somebody had agreed to.
"""

from __future__ import annotations

import hashlib
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from harken.domain.approvals.models import Approval, Decision
from harken.domain.approvals.services.decide import approve, edit, give_back
from harken.domain.approvals.services.rules import Terms, save_rule, set_trainee
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Direction
from harken.domain.handover.models import PrivateText, TextState
from harken.domain.handover.queries import said_in
from harken.domain.handover.services.say import say, undo
from harken.domain.handover.tasks import look
from harken.domain.people.models import User
from harken.domain.replies import gates
from harken.kit.refusals import Refusal
from tests.cast import Company
from tests.domain.handover.conftest import Offered, offer, portal
from tests.faults.test_alarms import alarms

__all__ = ["offer", "portal"]
pytestmark = pytest.mark.django_db(transaction=True)
CLOCK = "harken.domain.handover.tasks"
PACE = 15  # steps a second, so that the kills fall between them
TALKS = 4
PATIENCE = 120.0  # seconds until the workers have let out what is due; only a lost text takes that
WORDS = ("frame", "tomorrow", "noon", "🚲", "Åse", "naïve", "cafe\u0301", "two\nlines", "שלום")


class Died(Exception):
    """Whoever was at it is gone before their transaction was."""


class Play:
    """The talks, what was agreed to, and what happens in them."""

    def __init__(self, company: Company, talks: list[Offered], dice: random.Random) -> None:
        self.company, self.talks, self.dice = company, talks, dice
        self.agreed: dict[uuid.UUID, str] = {}  # by the key of a text: the hash of what got a yes
        self.taken_back: set[uuid.UUID] = set()  # and the undo was confirmed
        self.seen = Counter[str]()

    def step(self) -> None:
        """One thing somebody tries; whoever may not is among them."""
        waiting = list(Approval.objects.filter(decision="").order_by("pk"))
        what = self.dice.choice(("ask", "edit", "approve", "approve", "return", "undo"))
        lasts = self.dice.random() < 0.85
        if what == "ask" or not waiting:
            what, act = "ask", self.ask
        else:
            approval = self.dice.choice(waiting)
            act = {
                "edit": lambda: self.edit(approval),
                "approve": lambda: self.approve(approval),
                "return": lambda: self.give_back(approval),
                "undo": self.undo,
            }[what]
        try:
            with transaction.atomic():
                noted = act()
                if not lasts:
                    raise Died
            noted()
            self.seen[what] += 1
        except Refusal:
            self.seen["refused"] += 1
        except Died:
            self.seen["died in the middle"] += 1

    def words(self) -> str:
        return " ".join(self.dice.choices(WORDS, k=self.dice.randint(3, 8)))

    def somebody(self) -> User:
        house = self.company
        return self.dice.choice((house.lena, house.lena, house.maren, house.ben, house.mika))

    def ask(self) -> Callable[[], None]:
        talk, words = self.dice.choice(self.talks), self.words()
        text = say(talk.conversation, body=words, client_key=uuid.uuid4(), by=self.company.mika)
        assert text.state == TextState.APPROVAL
        return lambda: None

    def edit(self, approval: Approval) -> Callable[[], None]:
        edit(approval, body=self.words(), by=self.somebody())
        return lambda: None

    def approve(self, approval: Approval) -> Callable[[], None]:
        body = self.words() if self.dice.random() < 0.5 else None
        sent = approve(approval, body=body, by=self.somebody())
        assert isinstance(sent, PrivateText)
        words, key = approval.wordings.latest("number").body, sent.client_key
        return lambda: self.agreed.update({key: hashlib.sha256(words.encode()).hexdigest()})

    def give_back(self, approval: Approval) -> Callable[[], None]:
        give_back(approval, note="Say when, please.", by=self.somebody())
        return lambda: None

    def undo(self) -> Callable[[], None]:
        texts = list(PrivateText.objects.order_by("-pk")[:6])
        text = undo(self.dice.choice(texts), by=self.somebody())
        return lambda: self.taken_back.add(text.client_key)

    def look_at_the_pages(self) -> int:
        """The law: all that a customer can read was agreed to, byte for byte; how much it is."""
        shown = 0
        for talk in self.talks:
            for message in said_in(talk.hand_over).filter(direction=Direction.OUTBOUND):
                key = uuid.UUID(message.external_id.removeprefix("private:"))
                assert key in self.agreed, "seen before the yes"
                assert hashlib.sha256(message.body.encode()).hexdigest() == self.agreed[key]
                assert key not in self.taken_back, "undone and seen"
                shown += 1
        return shown


def settled() -> bool:
    return not PrivateText.objects.filter(state=TextState.HELD).exists()


@pytest.mark.parametrize(
    ("steps", "kills"), [(120, 15), pytest.param(1500, 120, marks=pytest.mark.soak)]
)
def test_nothing_is_seen_in_private_before_the_yes_and_then_what_was_agreed_to(
    offer: Callable[..., Offered], company: Company, steps: int, kills: int
) -> None:
    before = list(gates._asked)
    Channel.objects.update(undo_seconds=1)
    talks = [
        offer(by=company.ben, root_id=f"asked-{number}", external_id=f"asked-{number}").opened_by(
            Client()
        )
        for number in range(TALKS)
    ]
    set_trainee(company.mika, learns=True, by=company.lena)
    save_rule(None, Terms(name="T", trainee=True, approvers=(company.lena,)), by=company.lena)
    play = Play(company, talks, random.Random(22))
    try:
        with alarms(3, kills=kills, within=steps / PACE, of=CLOCK):
            first = time.monotonic()
            for number in range(steps):
                time.sleep(max(0.0, first + number / PACE - time.monotonic()))  # among the kills
                play.step()
                play.look_at_the_pages()
            began = time.monotonic()
            while not settled() and time.monotonic() < began + PATIENCE:
                time.sleep(0.1)
    finally:
        gates._asked[:] = before
    assert settled(), "lost by the workers"
    assert look() == 0
    shown = play.look_at_the_pages()
    yes = Approval.objects.filter(decision=Decision.APPROVED)
    assert shown == yes.filter(text__state=TextState.SAID).count() > 0
    assert {each.text.client_key: each.sha256 for each in yes if each.text} == play.agreed
    assert not Approval.objects.exclude(decision="approved").filter(text__state="said").exists()
    print(  # noqa: T201 - the figures of the trial
        f"\n{steps} steps, {kills} kills: {dict(play.seen)}; {len(play.agreed)} got a yes, "
        f"{shown} were seen, 0 before their yes, 0 in other words, 0 of those taken back"
    )
