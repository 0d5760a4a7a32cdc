"""The arithmetic of reports: spreads, and the sums of a set of turns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from harken.domain.insights.turns import Fate, Turn
from harken.domain.sla.models import PromiseState


@dataclass(frozen=True, slots=True)
class Spread:
    """How seconds are spread: the count, the mean, and four quantiles (nearest rank)."""

    n: int
    mean: float | None = None
    median: float | None = None
    p75: float | None = None
    p90: float | None = None
    p95: float | None = None


def spread(values: Iterable[float]) -> Spread:
    """The spread of some seconds."""
    found = sorted(values)
    if not found:
        return Spread(0)
    at = [quantile(found, part) for part in (0.5, 0.75, 0.9, 0.95)]
    return Spread(len(found), math.fsum(found) / len(found), *at)


def quantile(ordered: Sequence[float], part: float) -> float:
    """The smallest value that at least `part` of them do not exceed."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class Counted:
    """A turn with what a report adds: who it counts for, what was promised, its service time.

    `promise` is a `PromiseState`, empty without a promise. `service` are the seconds of business
    time until it ended, or until now.
    """

    turn: Turn
    team: int | None
    channel: int
    topic: int | None
    agent: int | None
    hours: int | None
    promise: str
    service: float


@dataclass(frozen=True, slots=True)
class Minute:
    """How many answers were due within the minute, and how many stood by then."""

    due: int
    kept: int

    @property
    def rate(self) -> float | None:
        """The part that was kept, 0 to 1; None when nothing was due."""
        return self.kept / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Sums:
    """The numbers of one set of turns. received = answered + dismissed + open, always."""

    received: int
    answered: int
    dismissed: int
    open: int
    calendar: Minute
    service: Minute
    kept: int
    breached: int
    pending: int

    @property
    def attainment(self) -> float | None:
        """Promises kept of those kept or breached, 0 to 1; None when none was decided."""
        decided = self.kept + self.breached
        return self.kept / decided if decided else None


def sums(counted: Sequence[Counted], due: Sequence[Counted], scale: Scale) -> Sums:
    """The sums of the turns received, and of those `due` in the period (see `is_due`)."""
    fates = [each.turn.fate for each in counted]
    promises = [each.promise for each in counted]
    return Sums(
        received=len(counted),
        answered=fates.count(Fate.ANSWERED),
        dismissed=fates.count(Fate.DISMISSED),
        open=fates.count(Fate.OPEN),
        calendar=_minute(due, scale, scale.calendar_of),
        service=_minute(due, scale, lambda each: each.service),
        kept=promises.count(PromiseState.MET),
        breached=promises.count(PromiseState.BREACHED),
        pending=promises.count(PromiseState.PENDING),
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """How long the minute is, in seconds, and which moment is now."""

    minute: float
    now: datetime

    @property
    def length(self) -> timedelta:
        """The minute as a stretch of time."""
        return timedelta(seconds=self.minute)

    def calendar(self, turn: Turn) -> float:
        """Calendar seconds until a turn ended, or until now."""
        return max(0.0, ((turn.ended_at or self.now) - turn.started_at).total_seconds())

    def calendar_of(self, counted: Counted) -> float:
        """The same of a counted turn."""
        return self.calendar(counted.turn)


def _minute(due: Sequence[Counted], scale: Scale, seconds: Callable[[Counted], float]) -> Minute:
    kept, missed = split(due, scale, seconds)
    return Minute(len(kept) + len(missed), len(kept))


def split(
    due: Sequence[Counted], scale: Scale, seconds: Callable[[Counted], float]
) -> tuple[list[Counted], list[Counted]]:
    """Those answered in time, and those that were not: whoever had no answer by then was missed.

    Dismissed within the minute was never due; still waiting within it is not due yet.
    """
    in_time = [each for each in due if seconds(each) <= scale.minute]
    kept = [each for each in in_time if each.turn.fate == Fate.ANSWERED]
    return kept, [each for each in due if seconds(each) > scale.minute]
