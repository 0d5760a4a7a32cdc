"""Who answers, under kill -9: nothing that waits is lost, each moves once and in time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from harken.domain.conversations.models import Conversation, Topic
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.departments.models import Attendance, Responsibility
from harken.domain.departments.services.name import name_owners
from harken.domain.journal.models import Event
from harken.domain.people.models import User
from harken.domain.presence.models import Presence
from harken.domain.roster.queries import SEEN
from harken.kit import clock
from harken.kit.connector import Author, InboundPost, Why
from tests.cast import Company
from tests.faults.nursery import LATEST, PROMISED, nursery, until
from tests.faults.test_alarms import sleep_until

pytestmark = pytest.mark.django_db(transaction=True)


def lookers(
    workers: int, *, kills: int, within: float, patience: float
) -> AbstractContextManager[None]:
    """A nursery of workers that look."""
    return nursery("owner", workers, kills, 7, within=within, patience=patience)


@contextmanager
def stalls() -> Iterator[list[float]]:
    """How much longer than asked short sleeps took: seconds in which this machine stood still."""
    found, over = [0.0], threading.Event()

    def probe() -> None:
        while not over.is_set():
            began = time.monotonic()
            time.sleep(0.05)
            found.append(time.monotonic() - began - 0.05)

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def crowd(company: Company, count: int) -> list[int]:
    """`count` customers wait: a third about each of an owned, an assigned and a nobody's topic.

    Returns their conversations, in that order round and round.
    """
    posts = [
        InboundPost(
            external_id=f"crowd-{number}",
            author=Author(f"acct-{number}", f"c{number}.example", f"Customer {number}"),
            text="Where is my parcel?",
            sent_at=clock.now(),
            root_id=f"crowd-{number}",
            why=Why.MENTION,
            version="1",
        )
        for number in range(count)
    ]
    for start in range(0, count, 200):
        receive_posts(company.channel, posts[start : start + 200])
    ids = list(Conversation.objects.order_by("pk").values_list("pk", flat=True))
    about: list[tuple[Topic, User | None]] = [
        (company.baggage, None),
        (company.baggage, company.mika),
        (company.invoice, None),
    ]
    for kind, (topic, assignee) in enumerate(about):
        Conversation.objects.filter(pk__in=ids[kind::3]).update(
            topic=topic, team=topic.team, assignee=assignee
        )
    name_owners(ids)
    return ids


def there(*users: User) -> None:
    """They have a browser open, for an hour."""
    somewhere, heard = Conversation.objects.earliest("pk"), clock.now() + timedelta(hours=1)
    for user in users:
        Presence.objects.create(user=user, tab=uuid4(), conversation=somewhere, heard_at=heard)


def seen_there(*users: User) -> None:
    """Wait until a worker has seen that all of them are there."""
    seen = Attendance.objects.filter(user__in=users, away_since=None)
    until(lambda: seen.count() == len(users))
    assert seen.count() == len(users)


def gone_at(moment: datetime, *users: User) -> None:
    """They were last heard of just so that they are gone at that moment."""
    Presence.objects.filter(user__in=users).update(heard_at=moment - SEEN)


def try_it(company: Company, *, count: int, patience: float, kills: int, latest: float) -> None:
    """The whole trial; says its figures (`pytest -s`)."""
    company.baggage.owner, company.baggage.deputy = company.mika, company.ben
    company.baggage.save()
    company.invoice.owner = company.bea
    company.invoice.save()
    ids = crowd(company, count)
    due_before = dict(Conversation.objects.values_list("pk", "due_at"))
    there(company.mika, company.bea, company.ben)
    told = Event.objects.filter(kind__in=["ResponsibilityMoved", "OwnerMissing"])
    with (
        lookers(3, kills=kills, within=4 + patience, patience=patience),
        stalls() as stood_still,
    ):
        seen_there(company.mika, company.bea, company.ben)
        leaves = clock.now() + timedelta(seconds=4)
        gone_at(leaves, company.mika, company.bea)
        sleep_until(leaves - timedelta(seconds=0.3))
        assert not told.exists()
        until(lambda: told.count() >= count)
        sleep_until(leaves + timedelta(seconds=patience + 4))  # what would move twice has moved
    delays = sorted((event.at - leaves).total_seconds() - patience for event in told)
    print(  # noqa: T201 - the figures of the trial
        f"\n{count} customers wait, their people leave, {kills} kills: {len(delays)} passed on or "
        f"listed between {delays[0]:.3f} s and {delays[-1]:.3f} s after {patience:.0f} s, "
        f"this machine stood still for up to {max(stood_still):.3f} s"
    )
    assert Counter(told.values_list("conversation_id", flat=True)) == Counter(ids), "lost or twice"
    assert delays[0] >= 0
    # A worker is late by a look, and by what the machine itself stands still at each of its steps.
    assert delays[-1] <= latest + 3 * max(stood_still)
    answering = Counter(Responsibility.objects.values_list("user", "part"))
    assert answering[(company.ben.pk, "deputy")] == len(ids[0::3]) + len(ids[1::3])
    assert Conversation.objects.filter(assignee=company.ben).count() == len(ids[1::3])
    assert Conversation.objects.filter(unowned_since__isnull=False).count() == len(ids[2::3])
    assert dict(Conversation.objects.values_list("pk", "due_at")) == due_before


def test_a_hundred_customers_whose_people_leave_get_others_while_workers_die(
    company: Company,
) -> None:
    try_it(company, count=99, patience=4, kills=8, latest=LATEST)


@pytest.mark.soak
def test_a_thousand_customers_whose_people_leave_get_others_while_workers_die(
    company: Company,
) -> None:
    try_it(company, count=999, patience=60, kills=60, latest=PROMISED)


def test_after_a_time_without_any_worker_the_minute_still_counts_from_when_they_left(
    company: Company,
) -> None:
    company.baggage.owner = company.mika
    company.baggage.save()
    crowd(company, 1)
    there(company.mika)
    with lookers(1, kills=0, within=0, patience=60):
        seen_there(company.mika)
    # They leave when nobody looks, and that is more than a minute ago.
    left = clock.now() - timedelta(seconds=62)
    gone_at(left, company.mika)
    Attendance.objects.update(seen_at=left - timedelta(seconds=1))
    Responsibility.objects.update(since=left - timedelta(hours=1))
    listed = Event.objects.filter(kind="OwnerMissing")
    with lookers(1, kills=0, within=0, patience=60):
        began = clock.now()
        until(listed.exists)
    assert (listed.get().at - began).total_seconds() < 30, "the minute began anew with the worker"
