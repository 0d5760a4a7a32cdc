"""Escalations under kill -9: each level is paged once and in time, whoever is left to page."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.escalation.models import Escalation, EscalationStep, Level
from harken.domain.escalation.services import acknowledge, escalate
from harken.domain.escalation.services.paths import set_path
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from harken.kit import clock
from tests.cast import Company, post
from tests.faults.nursery import LATEST, PROMISED, until
from tests.faults.test_alarms import alarms, sleep_until

pytestmark = pytest.mark.django_db(transaction=True)
CLOCK = "harken.domain.escalation.tasks"


def raise_all(company: Company, count: int) -> None:
    """`count` customers write and Mika escalates each; every fourth is acknowledged at once."""
    receive_posts(company.channel, [post(by=f"c{number}") for number in range(count)])
    for number, conversation in enumerate(Conversation.objects.order_by("pk")):
        raised = escalate(conversation, kind="threat", reason="Lawyer.", by=company.mika)
        if number % 4 == 0:
            acknowledge(raised, by=company.lena)


def all_at_once(moment: datetime) -> None:
    """The leads' time is over for all of them at one moment."""
    waiting = Escalation.objects.filter(next_at__isnull=False)
    EscalationStep.objects.filter(escalation__in=waiting).update(due_at=moment)
    waiting.update(next_at=moment)


def delays() -> list[float]:
    """Seconds from each moment at which a next level was due to its page, smallest first."""
    found = []
    for escalation in Escalation.objects.prefetch_related("steps"):
        steps = list(escalation.steps.all())
        for before, after in pairwise(steps):
            assert before.due_at is not None
            found.append((after.paged_at - before.due_at).total_seconds())
    return sorted(found)


def try_it(company: Company, *, count: int, seconds: int, kills: int, latest: float) -> None:
    """The whole trial; says its figures (`pytest -s`)."""
    levels = {Level.LEAD: 3600, Level.MANAGER: seconds, Level.EXECUTIVE: 3600}
    set_path(None, levels, by=company.lena)
    waiting = count - (count + 3) // 4
    raise_all(company, count)
    with alarms(3, kills=kills, within=seconds + 4.0, of=CLOCK):
        first = clock.now() + timedelta(seconds=2)
        all_at_once(first)
        until(lambda: len(delays()) >= 2 * waiting)
        sleep_until(first + timedelta(seconds=seconds + 3))  # whatever would page twice has paged
    took = delays()
    print(  # noqa: T201 - the figures of the trial
        f"\n{waiting} of {count} escalations due at one moment, twice, {kills} kills: "
        f"{len(took)} pages between {took[0]:.3f} s and {took[-1]:.3f} s after their moment"
    )
    assert len(took) == 2 * waiting, "lost or twice"
    assert took[0] >= 0, "early"
    assert took[-1] <= latest, "late"
    steps = EscalationStep.objects.filter(due_at__isnull=False).order_by("number")
    assert set(steps.values_list("number", "level")) == {
        (1, "lead"),
        (2, "manager"),
        (3, "executive"),
    }
    assert Event.objects.filter(kind="EscalationPaged").count() == count + 2 * waiting
    told = Notification.objects.filter(kind="escalation", person__in=[company.maren, company.elif_])
    assert told.count() == 2 * waiting


def test_two_hundred_escalations_go_up_once_and_in_time_while_workers_die(
    company: Company,
) -> None:
    try_it(company, count=200, seconds=10, kills=12, latest=LATEST)


@pytest.mark.soak
def test_a_thousand_escalations_go_up_once_and_in_time_while_workers_die(company: Company) -> None:
    try_it(company, count=1000, seconds=60, kills=60, latest=PROMISED)
