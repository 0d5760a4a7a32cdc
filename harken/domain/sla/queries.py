"""What the pages ask about promises: the list, one conversation's clock, business hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from harken.domain.conversations.models import Conversation
from harken.domain.sla.calendars import public_holidays
from harken.domain.sla.models import (
    AppliedSLA,
    BusinessHours,
    HoursVersion,
    Metric,
    PromiseState,
    SLAPolicy,
)

NEXT_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Promise:
    """One conversation's newest answering clock, for whoever reads the conversation.

    `lag` is how many seconds after its time at the network the message reached us: they count
    against the promise and are shown apart. `solve_by` is when it should be solved, if promised
    and not paused.
    """

    policy: str
    metric: str
    target: int
    due_at: datetime | None
    state: str
    is_running: bool
    lag: float
    solve_by: datetime | None

    @property
    def is_breached(self) -> bool:
        """Whether its time ran out before the answer."""
        return self.state == PromiseState.BREACHED


def promise_of(conversation: Conversation) -> Promise | None:
    """The promise that runs for a conversation, else the last one that ran; None without any."""
    applied = AppliedSLA.objects.filter(conversation=conversation).select_related("policy", "turn")
    clocks = list(applied.defer("turn__raw", "turn__words").order_by("started_at", "id"))
    answering = [clock for clock in clocks if clock.metric != Metric.RESOLUTION]
    if not answering:
        return None
    shown = max(answering, key=lambda clock: (clock.ended_at is None, clock.started_at))
    solving = [clock for clock in clocks if clock.metric == Metric.RESOLUTION]
    running = next((clock for clock in solving if clock.ended_at is None), None)
    return Promise(
        policy=shown.policy.name,
        metric=Metric(shown.metric).label,
        target=shown.target,
        due_at=shown.due_at,
        state=shown.state,
        is_running=shown.ended_at is None,
        lag=max(0.0, (shown.turn.received_at - shown.turn.sent_at).total_seconds()),
        solve_by=running.due_at if running else None,
    )


def policies_in_order() -> QuerySet[SLAPolicy]:
    """The promises in the order in which they are tried."""
    found = SLAPolicy.objects.filter(retired_at=None)
    return found.select_related("brand", "channel", "topic", "team", "hours")


def hours_in_use() -> QuerySet[BusinessHours]:
    """Business hours to choose from, with their versions, newest first."""
    return BusinessHours.objects.filter(retired_at=None).prefetch_related("versions__made_by")


def newest_version(hours: BusinessHours) -> HoursVersion:
    """The version in force."""
    return hours.versions.latest("number")


def days_off_ahead(version: HoursVersion, today: date) -> list[tuple[date, str]]:
    """The days off of the twelve months from `today`, with their names, in order."""
    until = today + NEXT_YEAR
    named = dict.fromkeys(version.days_off, "own day off")
    for year in (today.year, until.year):
        named |= public_holidays(version.country, version.subdivision, year)
    return sorted((day, name) for day, name in named.items() if today <= day < until)
