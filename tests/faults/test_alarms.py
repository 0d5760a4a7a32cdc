"""The alarm under kill -9: every promise rings once, within a second, whoever is left to ring."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from harken.domain.conversations.services.receive import receive_posts
from harken.domain.journal.models import Event
from harken.domain.sla.models import AppliedSLA, PromiseState, SLAPolicy
from harken.kit import clock
from harken.kit.connector import Author, InboundPost, Why
from tests.cast import Company
from tests.faults.nursery import nursery

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@dataclass
class Crowd:
    """`count` customers write at one moment, all promised `seconds`.

    One in four is answered a second before the promise is over, one in four a second after it,
    the others not at all.
    """

    company: Company
    count: int
    seconds: int
    wrote: datetime

    def post(self, number: int, *, answers: bool = False) -> InboundPost:
        asked = f"crowd-{number}"
        took = self.seconds + (-1 if self.in_time(number) else 1)
        us, channel = self.company.channel.handle, self.company.channel
        return InboundPost(
            external_id=f"answer-{number}" if answers else asked,
            author=Author(channel.external_id, us, "Meridian")
            if answers
            else Author(f"acct-{number}", f"c{number}.example", f"Customer {number}"),
            text="On its way." if answers else "Where is my parcel?",
            sent_at=self.wrote + (took * SECOND if answers else 0 * SECOND),
            root_id=asked,
            parent_id=asked if answers else None,
            by_us=answers,
            why=Why.OWN if answers else Why.MENTION,
            version="1",
        )

    def in_time(self, number: int) -> bool:
        return number % 4 == 0

    def late(self, number: int) -> bool:
        return number % 4 == 1

    def write(self) -> None:
        for start in range(0, self.count, 200):
            numbers = range(start, min(start + 200, self.count))
            receive_posts(self.company.channel, [self.post(number) for number in numbers])

    def answered(self, *, in_time: bool) -> None:
        chosen = self.in_time if in_time else self.late
        posts = [self.post(n, answers=True) for n in range(self.count) if chosen(n)]
        for start in range(0, len(posts), 200):
            receive_posts(self.company.channel, posts[start : start + 200])


def alarms(
    workers: int, *, kills: int, within: float, of: str = "harken.domain.sla.alarms"
) -> AbstractContextManager[None]:
    """A nursery of alarm workers, or of module `of`."""
    return nursery("alarm", workers, kills, 7, of, within=within)


def sleep_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - clock.now()).total_seconds()))


def first_seen(until: datetime) -> datetime | None:
    """When all alarms that ever come were committed and visible, looking from outside till then."""
    known, seen = 0, None
    while clock.now() < until:
        found = Event.objects.filter(kind="SLABreached").count()
        if found > known:
            known, seen = found, clock.now()
        time.sleep(0.05)
    return seen


def try_it(company: Company, *, count: int, seconds: int, kills: int) -> None:
    """The whole trial; says its figures (`pytest -s`)."""
    SLAPolicy.objects.update(first_response=seconds)
    with alarms(3, kills=kills, within=seconds + 0.8):
        crowd = Crowd(company, count, seconds, clock.now())
        due = crowd.wrote + seconds * SECOND
        crowd.write()
        written = (clock.now() - crowd.wrote).total_seconds()
        sleep_until(due - SECOND)
        crowd.answered(in_time=True)
        assert clock.now() < due, "this machine is too slow to answer in time"
        last = first_seen(due + 1.0 * SECOND)
        rung = (last - crowd.wrote).total_seconds() if last else 0.0
        told = Event.objects.filter(kind="SLABreached").values_list("conversation_id", flat=True)
        at_the_hour = Counter(told)
        crowd.answered(in_time=False)
    late = AppliedSLA.objects.filter(state=PromiseState.BREACHED)
    delays = sorted(
        (row.alarmed_at - row.started_at).total_seconds() for row in late if row.alarmed_at
    )
    print(  # noqa: T201 - the figures of the trial
        f"\n{count} conversations written in {written:.2f} s, promise {seconds} s, {kills} kills: "
        f"{len(delays)} alarms between {delays[0]:.3f} s and {delays[-1]:.3f} s, "
        f"the last one visible after {rung:.2f} s"
    )
    expected = sum(not crowd.in_time(number) for number in range(count))
    assert len(at_the_hour) == sum(at_the_hour.values()) == expected, "late, lost or twice"
    assert seconds <= delays[0]
    assert delays[-1] <= seconds + 1
    states = Counter(AppliedSLA.objects.values_list("state", "ended_by"))
    assert states == {
        (PromiseState.MET, "answered"): sum(crowd.in_time(n) for n in range(count)),
        (PromiseState.BREACHED, "answered"): sum(crowd.late(n) for n in range(count)),
        (PromiseState.BREACHED, ""): expected - sum(crowd.late(n) for n in range(count)),
    }
    again = Event.objects.filter(kind="SLABreached").values_list("conversation_id", flat=True)
    assert Counter(again) == at_the_hour, "a late answer told the breach again"


def test_two_hundred_promises_of_some_seconds_ring_once_while_workers_die(
    company: Company,
) -> None:
    try_it(company, count=200, seconds=6, kills=12)


@pytest.mark.soak
def test_a_thousand_promises_of_a_minute_ring_once_while_workers_die(company: Company) -> None:
    try_it(company, count=1000, seconds=60, kills=60)


def test_what_nobody_rang_for_is_decided_by_its_times(company: Company) -> None:
    SLAPolicy.objects.update(first_response=60)
    crowd = Crowd(company, 40, 60, clock.now() - timedelta(seconds=300))
    crowd.write()
    crowd.answered(in_time=True)
    crowd.answered(in_time=False)
    ended = Counter(AppliedSLA.objects.exclude(ended_by="").values_list("state", flat=True))
    assert ended == {PromiseState.MET: 10, PromiseState.BREACHED: 10}
    assert Event.objects.filter(kind="SLABreached").count() == 10
