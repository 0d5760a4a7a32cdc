"""Waking under kill -9: everybody wakes once, not before their moment and within a second."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.models_set_aside import Snooze
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.conversations.services.snooze import snooze
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from harken.kit import clock
from tests.cast import post
from tests.faults.outbox import own_database

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
COUNT, KILLS = 60, 12
SPREAD = 2.0  # seconds over which the moments lie


@contextmanager
def workers(within: float) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.faults.waking_nursery", "3", str(KILLS), "11"]
    given = {"HARKEN_DATABASE_URL": own_database(), "HARKEN_KILLS_WITHIN": str(within)}
    nursery = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert nursery.stdout
        assert nursery.stdout.readline() == "ready\n"
        yield
        nursery.terminate()
        nursery.wait(10)
    finally:
        if nursery.poll() is None:
            os.killpg(nursery.pid, signal.SIGKILL)
            nursery.wait()


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
