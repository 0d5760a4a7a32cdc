"""The alarm under kill -9: every promise rings once and in time, whoever is left to ring."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db.models import F

from harken.domain.conversations.models import Message
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.journal.models import Event
from harken.domain.sla.models import AppliedSLA, PromiseState, SLAPolicy
from harken.kit import clock
from harken.kit.connector import Author, InboundPost, Why
from tests.cast import Company
from tests.faults.nursery import LATEST, PROMISED, nursery

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

    def come_due(self, moment: datetime) -> None:
        """Move all times so that every promise ends then, however long it took to write them."""
        earlier = self.wrote + self.seconds * SECOND - moment
        Message.objects.update(sent_at=F("sent_at") - earlier)
        times = ("started_at", "runs_since", "due_at", "alarm_at")
        AppliedSLA.objects.update(**{name: F(name) - earlier for name in times})
        self.wrote -= earlier

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


def last_seen(expected: int, until: datetime) -> datetime | None:
    """When as many alarms were committed and visible, looking from outside; till then at most."""
    known, seen = 0, None
    while known < expected and clock.now() < until:
        found = Event.objects.filter(kind="SLABreached").count()
        if found > known:
            known, seen = found, clock.now()
        time.sleep(0.05)
    return seen


def all_delays() -> list[float]:
    """Seconds from the end of each promise that was broken to its alarm, smallest first."""
    late = AppliedSLA.objects.filter(state=PromiseState.BREACHED)
    times = late.values_list("due_at", "alarmed_at")
    return sorted((rang - due).total_seconds() for due, rang in times if due and rang)


def try_it(company: Company, *, count: int, seconds: int, kills: int, latest: float) -> None:
    """The whole trial; says its figures (`pytest -s`).

    All promises end `seconds` after the workers began to die, and ring `latest` seconds later at
    the latest.
    """
    SLAPolicy.objects.update(first_response=3600)
    crowd = Crowd(company, count, 3600, clock.now())
    expected = sum(not crowd.in_time(number) for number in range(count))
    crowd.write()
    written = (clock.now() - crowd.wrote).total_seconds()
    with alarms(3, kills=kills, within=seconds + 0.8):
        due = clock.now() + seconds * SECOND
        crowd.come_due(due)
        crowd.answered(in_time=True)
        last = last_seen(expected, due + latest * SECOND)
        rung = (last - due).total_seconds() if last else 0.0
        sleep_until(due + SECOND)  # whatever would ring twice has rung
        told = Event.objects.filter(kind="SLABreached").values_list("conversation_id", flat=True)
        at_the_hour = Counter(told)
        crowd.answered(in_time=False)
    delays = all_delays()
    print(  # noqa: T201 - the figures of the trial
        f"\n{count} conversations written in {written:.2f} s, promise {seconds} s, {kills} kills: "
        f"{len(delays)} alarms between {delays[0]:.3f} s and {delays[-1]:.3f} s after it, "
        f"the last one visible after {rung:.2f} s"
    )
    assert len(at_the_hour) == sum(at_the_hour.values()) == expected, "late, lost or twice"
    assert delays[0] >= 0
    assert delays[-1] <= latest
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
    try_it(company, count=200, seconds=6, kills=12, latest=LATEST)


@pytest.mark.soak
def test_a_thousand_promises_of_a_minute_ring_once_while_workers_die(company: Company) -> None:
    try_it(company, count=1000, seconds=60, kills=60, latest=PROMISED)


def test_what_nobody_rang_for_is_decided_by_its_times(company: Company) -> None:
    SLAPolicy.objects.update(first_response=60)
    crowd = Crowd(company, 40, 60, clock.now() - timedelta(seconds=300))
    crowd.write()
    crowd.answered(in_time=True)
    crowd.answered(in_time=False)
    ended = Counter(AppliedSLA.objects.exclude(ended_by="").values_list("state", flat=True))
    assert ended == {PromiseState.MET: 10, PromiseState.BREACHED: 10}
    assert Event.objects.filter(kind="SLABreached").count() == 10
