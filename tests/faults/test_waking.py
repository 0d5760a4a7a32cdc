"""Waking under kill -9: everybody wakes once, not before their moment and in time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.models_set_aside import Snooze
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.conversations.services.snooze import snooze
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from harken.kit import clock
from tests.cast import post
from tests.faults.nursery import LATEST, PROMISED, nursery, until
from tests.faults.test_alarms import sleep_until

pytestmark = pytest.mark.django_db(transaction=True)
COUNT, KILLS = 60, 12
SPREAD = 2.0  # seconds over which the moments lie


def workers(within: float) -> AbstractContextManager[None]:
    """A nursery of workers that wake."""
    return nursery("waking", 3, KILLS, 11, within=within)


def come_due(began: datetime) -> None:
    """The moments of all who were set aside, spread from `began` on."""
    asleep = list(Snooze.objects.select_related("conversation").order_by("conversation"))
    for number, each in enumerate(asleep):
        each.until = began + timedelta(seconds=SPREAD * number / COUNT)
        each.conversation.snoozed_until = each.until
    Conversation.objects.bulk_update([each.conversation for each in asleep], ["snoozed_until"])
    Snooze.objects.bulk_update(asleep, ["until"])


@pytest.mark.parametrize("latest", [LATEST, pytest.param(PROMISED, marks=pytest.mark.soak)])
def test_killed_workers_wake_everybody_once_and_in_time(company, latest):
    posts = [post(by=f"customer-{number}") for number in range(COUNT)]
    receive_posts(company.channel, posts)
    Conversation.objects.update(waiting_since=None, turn=None, due_at=None, assignee=company.ben)
    Notification.objects.all().delete()
    for each in Conversation.objects.order_by("pk"):
        snooze(each, clock.now() + timedelta(hours=1), by=company.mika)
    by_the_moment = Snooze.objects.filter(ended_why="moment")
    with workers(within=SPREAD + 4):
        began = clock.now() + timedelta(seconds=3)
        come_due(began)
        until(lambda: by_the_moment.count() >= COUNT)
        sleep_until(began + timedelta(seconds=SPREAD + 2))  # whoever would wake twice has woken
    woken = list(by_the_moment)
    late = [(each.ended_at - each.until).total_seconds() for each in woken if each.ended_at]
    print(f"{len(woken)} woken, {min(late):.3f} to {max(late):.3f} s after, {KILLS} kills")  # noqa: T201
    assert len(woken) == COUNT
    assert min(late) >= 0
    assert max(late) <= latest
    assert Event.objects.filter(kind="SnoozeEnded").count() == COUNT
    assert Notification.objects.filter(kind="snooze_over", person=company.mika).count() == COUNT
