"""Waking under kill -9: everybody wakes once, not before their moment and within a second."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.models_set_aside import Snooze
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.conversations.services.snooze import snooze
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from harken.kit import clock
from tests.cast import post
from tests.faults.nursery import nursery

pytestmark = pytest.mark.django_db(transaction=True)
COUNT, KILLS = 60, 12
SPREAD = 2.0  # seconds over which the moments lie


def workers(within: float) -> AbstractContextManager[None]:
    """A nursery of workers that wake."""
    return nursery("waking", 3, KILLS, 11, within=within)


def test_killed_workers_wake_everybody_once_and_in_time(company):
    posts = [post(by=f"customer-{number}") for number in range(COUNT)]
    receive_posts(company.channel, posts)
    Conversation.objects.update(waiting_since=None, turn=None, due_at=None, assignee=company.ben)
    Notification.objects.all().delete()
    with workers(within=SPREAD + 4):
        began = clock.now() + timedelta(seconds=3)
        for number, each in enumerate(Conversation.objects.order_by("pk")):
            snooze(each, began + timedelta(seconds=SPREAD * number / COUNT), by=company.mika)
        time.sleep(max(0.0, (began - clock.now()).total_seconds()) + SPREAD + 2)
    woken = list(Snooze.objects.filter(ended_why="moment"))
    late = [(each.ended_at - each.until).total_seconds() for each in woken if each.ended_at]
    print(f"{len(woken)} woken, {min(late):.3f} to {max(late):.3f} s after, {KILLS} kills")  # noqa: T201
    assert len(woken) == COUNT
    assert min(late) >= 0
    assert max(late) < 1
    assert Event.objects.filter(kind="SnoozeEnded").count() == COUNT
    assert Notification.objects.filter(kind="snooze_over", person=company.mika).count() == COUNT
