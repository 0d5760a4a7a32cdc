"""When a customer can be called: in the business hours of whoever answers them.

Where nobody has written down when they work, at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.utils import timezone

from harken.domain.conversations.models import Conversation
from harken.domain.sla import clock as business
from harken.domain.sla.clock import Hours, Slice
from harken.domain.sla.work_time import hours_in_force
from harken.kit import clock
from harken.kit.refusals import Invalid

GRACE = timedelta(minutes=15)  # after the wanted moment, in which a call is in time
REMIND = timedelta(minutes=10)  # before the wanted moment
AHEAD = timedelta(days=14)  # how far ahead a call can be asked for
NAMED = 3  # stretches named in a refusal


@dataclass(frozen=True, slots=True)
class Promise:
    """Until when a call is promised, and when whoever makes it is reminded."""

    wanted_at: datetime | None
    promised_at: datetime
    remind_at: datetime


def promise(conversation: Conversation, now: datetime, wanted_at: datetime | None) -> Promise:
    """What we promise who wants a call at `wanted_at` (aware), or as soon as possible (None).

    Soon is so many minutes of business time, of the newest version of the hours. A moment has to
    lie in them with a quarter of an hour to spare. Raises `Invalid` and says when it is possible.
    """
    hours = _hours(conversation)
    if wanted_at is None:
        seconds = settings.CALL_BACK_MINUTES * 60
        due = business.due(now, seconds, hours)
        return Promise(None, due, business.due(now, seconds / 2, hours))
    if not now - timedelta(minutes=5) <= wanted_at <= now + AHEAD:
        raise Invalid("Choose a time within the next two weeks.")
    whole = GRACE.total_seconds()
    if business.elapsed(wanted_at, wanted_at + GRACE, hours) < whole:
        raise Invalid(_closed(conversation, now))
    return Promise(wanted_at, wanted_at + GRACE, max(now, wanted_at - REMIND))


def call_times(conversation: Conversation, now: datetime) -> list[Slice] | None:
    """From when to when a call can be wanted, of the next two weeks; None: at any time."""
    hours = _hours(conversation)
    if hours is None:
        return None
    wanted = ((opens, min(closes - GRACE, now + AHEAD)) for opens, closes in _whole(hours, now))
    return [(first, last) for first, last in wanted if first <= last]


def told(stretch: Slice) -> str:
    """A stretch in the reader's zone: `Mon 23 Nov, 09:00 to 16:45`."""
    first, last = (timezone.localtime(moment) for moment in stretch)
    until = f"{last:%H:%M}" if last.date() == first.date() else f"{last:%a %H:%M}"
    return f"{first:%a} {first.day} {first:%b}, {first:%H:%M} to {until}"


def _hours(conversation: Conversation) -> Hours | None:
    hours = hours_in_force(conversation)
    never = hours is not None and next(business.slices(hours, clock.now()), None) is None
    return None if never else hours


def _whole(hours: Hours, now: datetime) -> Iterator[Slice]:
    """The open stretches that begin within two weeks; what midnight in UTC cuts is one again."""
    opened: Slice | None = None
    for opens, closes in business.slices(hours, now):
        if opened and opened[1] == opens:
            opened = (opened[0], closes)
            continue
        if opened:
            yield opened
        if opens > now + AHEAD:
            return
        opened = (opens, closes)


def _closed(conversation: Conversation, now: datetime) -> str:
    named = "; ".join(told(each) for each in islice(call_times(conversation, now) or (), NAMED))
    zone = timezone.get_current_timezone_name()
    return (
        f"Nobody is there to call you then. We call {named} ({zone} time). "
        "Choose a time in one of these, or leave it empty."
    )
