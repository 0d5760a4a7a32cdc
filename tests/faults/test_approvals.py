"""Approvals under kill -9: the next in the chain is asked once and soon, by who is left."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from harken.config.wiring import wire
from harken.domain.approvals.models import Approval, ApprovalStep
from harken.domain.approvals.services.rules import Terms, save_rule
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.notifications.models import Notification
from harken.domain.replies.services.send import send
from harken.kit import clock
from tests.cast import Company, post
from tests.faults.nursery import LATEST, until
from tests.faults.test_alarms import alarms, sleep_until

pytestmark = pytest.mark.django_db(transaction=True)
CLOCK = "harken.domain.approvals.tasks"


def ask_all(company: Company, count: int) -> None:
    """`count` customers write, and Mika's answer to each waits for Lena, then Maren."""
    wire()
    terms = Terms(name="All", approvers=(company.lena, company.maren), next_after=3600)
    save_rule(None, terms, by=company.lena)
    receive_posts(company.channel, [post(by=f"c{number}") for number in range(count)])
    for conversation in Conversation.objects.order_by("pk"):
        send(conversation, body="Tomorrow.", client_key=uuid.uuid4(), by=company.mika)


@pytest.mark.parametrize(
    ("count", "kills", "latest"),
    [(100, 12, LATEST), pytest.param(1000, 60, 10.0, marks=pytest.mark.soak)],
)
def test_the_next_one_is_asked_once_and_soon_while_workers_die(
    company: Company, count: int, kills: int, latest: float
) -> None:
    ask_all(company, count)
    with alarms(3, kills=kills, within=6.0, of=CLOCK):
        due = clock.now() + timedelta(seconds=2)
        spread = list(Approval.objects.order_by("pk"))
        for number, approval in enumerate(spread):
            approval.next_at = due + timedelta(seconds=5 * number / count)
        Approval.objects.bulk_update(spread, ["next_at"])
        moments = {each.pk: each.next_at for each in spread}
        asked = ApprovalStep.objects.filter(person=company.maren, was_asked=True)
        until(lambda: asked.count() >= count)
        sleep_until(due + timedelta(seconds=6))  # whatever would ask twice has asked
    second = list(asked)
    took = sorted((step.at - moments[step.approval_id]).total_seconds() for step in second)  # type: ignore[operator]
    print(  # noqa: T201 - the figures of the trial
        f"\n{count} approvals, {kills} kills: the next one was asked {len(took)} times, "
        f"between {took[0]:.3f} s and {took[-1]:.3f} s after the moment"
    )
    assert len({step.approval_id for step in second}) == len(second) == count, "lost or twice"
    assert took[0] >= 0, "early"
    assert took[-1] <= latest, "late"
    told = Notification.objects.filter(kind="approval", person=company.maren)
    assert told.count() == count
