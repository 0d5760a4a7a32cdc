"""Usual days and bursts of talk, as hits of a monitor."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Message
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.journal.queries import horizon
from harken.domain.listening.models import ListeningCursor, Monitor, MonitorHit
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.repeated import Repeated
from harken.domain.listening.services.watch import LAG, watch_due
from harken.domain.listening.stored import posts_of
from harken.domain.listening.tasks import NAME
from harken.domain.listening.watching import heard_up_to
from harken.kit import clock
from tests.cast import post

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def minute_now() -> datetime:
    """The end of the last minute that can be read by now."""
    return (clock.now() - LAG).replace(second=0, microsecond=0)


def usual(monitor: Monitor, days: float, an_hour: int, until: datetime | None = None) -> None:
    """Days of even talk before `until`, in no conversation."""
    dice, end = random.Random(4), until or minute_now()
    count = int(days * 24 * an_hour)
    moments = [end - days * DAY + days * DAY * dice.random() for _ in range(count)]
    _store(monitor, sorted([end - days * DAY, *moments[1:]]))


def burst(monitor: Monitor, count: int, starts: datetime, length: timedelta) -> None:
    """Posts at even distances, in no conversation."""
    _store(monitor, [starts + length * number / count for number in range(count)])


def _store(monitor: Monitor, moments: list[datetime]) -> None:
    MonitorHit.objects.bulk_create(
        MonitorHit(
            monitor=monitor,
            number=1,
            network="loopback",
            uri=f"{monitor.pk}-{at.timestamp()}",
            sent_at=at,
        )
        for at in moments
    )


def say(channel: Channel, text: str, people: int, starts: datetime, length: timedelta) -> None:
    """Each of some people writes this, and all monitors hear it."""
    receive_posts(
        channel,
        [
            post(f"{text} {n}", by=f"{text[:1].lower()}{n}", sent_at=starts + length * n / people)
            for n in range(people)
        ],
    )
    ear = Ear()
    ear.refresh()
    ear.hear(posts_of(list(Message.objects.values_list("pk", flat=True))))


def all_is_heard() -> None:
    """The channels were read just now, and the monitors know all of it."""
    Channel.objects.update(last_heard_at=clock.now())
    place = horizon()
    ListeningCursor.objects.update_or_create(
        pk=NAME, defaults={"xid": place.xid, "event": place.id}
    )


def watch_all(repeated: Repeated | None = None) -> int:
    """Let the watches read until nothing is due, by a process that remembers `repeated` or was just
    begun; how often they did."""
    return sum(1 for _ in _looks(repeated or Repeated()))


def _looks(repeated: Repeated) -> Iterator[int]:
    while count := watch_due(heard_up_to(), repeated):
        yield count
