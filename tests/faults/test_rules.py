"""Rules under kill -9: each event has its effect once, whoever is left to work."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import AbstractContextManager

import pytest

from harken.domain.automation.models import Outcome, RuleCursor, RuleRun
from harken.domain.automation.services.rules import save_rule
from harken.domain.automation.services.trial import try_out
from harken.domain.automation.spec import Part, Spec
from harken.domain.conversations.models import Note
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.journal.models import Event
from tests.cast import Company, post
from tests.faults.nursery import PATIENCE, nursery

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 8.0  # seconds over which the kills are spread


def workers(count: int, *, kills: int) -> AbstractContextManager[None]:
    """A nursery of workers that run rules."""
    return nursery("rules", count, kills, 11, within=WITHIN)


def until(sure) -> None:
    end = time.monotonic() + PATIENCE
    while not sure():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def rule(company: Company, name: str, *actions: Part, conditions: tuple[Part, ...] = ()) -> None:
    said = Spec(name=name, when=("message",), conditions=conditions, actions=actions)
    save_rule(None, said, try_out(said, by=company.maren).proof, by=company.maren)


def test_every_message_is_handled_once_while_thirty_workers_are_killed(company: Company) -> None:
    rule(company, "Note", Part("write_note", {"text": "seen"}), Part("add_tag", {"tag": "x"}))
    rule(company, "Odd", Part("add_tag", {"tag": "y"}), conditions=(odd(),))
    with workers(3, kills=30):
        until(RuleCursor.objects.exists)
        began = time.monotonic()
        number = 0
        while time.monotonic() - began < WITHIN + 0.5:
            receive_posts(company.channel, [wrote(number), wrote(number + 1)])
            number += 2
            time.sleep(0.03)
        left = Event.objects.filter(kind="MessageReceived")
        until(lambda: RuleRun.objects.values("event").distinct().count() == left.count())
    messages = Counter(left.values_list("pk", flat=True))
    runs = Counter(RuleRun.objects.filter(rule__name="Note").values_list("event", flat=True))
    assert runs == messages, "lost or twice"
    assert set(RuleRun.objects.values_list("outcome", flat=True)) <= {Outcome.MATCHED, Outcome.NOT}
    notes = Counter(Note.objects.values_list("conversation_id", flat=True))
    assert len(notes) == sum(notes.values()) == number, "a note is missing or there twice"
    print(f"\n{number} messages, 30 kills: 0 lost, 0 twice")  # noqa: T201


def wrote(number: int):
    return post(f"message number {number}", by=f"c{number}")


def odd() -> Part:
    return Part("words", {"how": "pattern", "text": "number .*[13579]$"})
