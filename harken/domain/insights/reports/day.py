"""How did the day go: was everybody answered, and within the minute?

A turn is received in the period when its first message was written then (network time). It counts
as answered, dismissed (closed with a reason, or taken back by its author) or open as it stands
now, so the three always add up to received. The minute: of the turns whose 60 seconds ended in the
period, those answered by then; the unanswered are in the denominator, those dismissed within the
minute were never due. Service seconds count only in the business hours of the turn's promise, in
the version in force when it began. Promises are those of the turns received.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from harken.domain.insights import queries
from harken.domain.insights.figures import Counted, Scale, Spread, Sums, split, spread, sums
from harken.domain.insights.queries import Narrowed
from harken.domain.insights.turns import Fate, Turn
from harken.domain.people.models import User
from harken.domain.sla import clock
from harken.domain.sla.calendars import hours_of
from harken.domain.sla.models import PromiseState
from harken.kit import clock as time_source

VERSION = 1  # of these formulas; a change of one is a new version
MINUTE = 60.0  # seconds
EVERYTHING = Narrowed()
BY: dict[str, Callable[[Counted], int | None]] = {
    "team": lambda each: each.team,
    "topic": lambda each: each.topic,
    "channel": lambda each: each.channel,
    "agent": lambda each: each.agent,
}


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end` (aware; the end excluded), cut into hours of `zone`."""

    start: datetime
    end: datetime
    zone: tzinfo

    @property
    def hours(self) -> list[tuple[datetime, datetime]]:
        """The hours of the period; a day on which the clock changes has 23 or 25."""
        count = int((self.end - self.start) / timedelta(hours=1) + 0.999)
        each = timedelta(hours=1)
        return [
            (self.start + n * each, min(self.start + (n + 1) * each, self.end))
            for n in range(count)
        ]

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class DayReport:
    """The report: sums and spreads of the whole, sums of each hour and of each part.

    `turns` are the rows behind `total` and `due` those behind the minute. `first`, `next` and
    `lag` are seconds; the first two of answered turns only, with `oldest_open` beside them.
    `parts` has for "team", "topic", "channel" and "agent" the sums by id (None: nobody's).
    """

    version: int
    period: Period
    scale: Scale
    turns: list[Counted]
    due: list[Counted]
    total: Sums
    first: Spread
    next: Spread
    lag: Spread
    oldest_open: float | None
    hours: list[tuple[datetime, Sums]]
    parts: dict[str, dict[int | None, Sums]]


def local_day(moment: datetime, zone: tzinfo) -> Period:
    """The local day in which an aware moment lies."""
    start = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    following = (start + timedelta(days=1, hours=12)).replace(hour=0)
    return Period(start.astimezone(UTC), following.astimezone(UTC), zone)


def day_report(
    user: User, period: Period, narrowed: Narrowed = EVERYTHING, *, minute: float = MINUTE
) -> DayReport:
    """The report of what `user` may see. `minute`: seconds the minute lasts (simulations)."""
    scale = Scale(minute, time_source.now())
    counted = _counted(user, period, narrowed, scale)
    received = [each for each in counted if period.holds(each.turn.started_at)]
    due = [each for each in counted if period.holds(each.turn.started_at + scale.length)]
    answered = [each.turn for each in received if each.turn.fate == Fate.ANSWERED]
    waiting = [scale.calendar(e.turn) for e in received if e.turn.fate == Fate.OPEN]
    return DayReport(
        version=VERSION,
        period=period,
        scale=scale,
        turns=received,
        due=due,
        total=sums(received, due, scale),
        first=spread(turn.seconds or 0.0 for turn in answered if turn.is_first),
        next=spread(turn.seconds or 0.0 for turn in answered if not turn.is_first),
        lag=spread(each.turn.lag for each in received),
        oldest_open=max(waiting, default=None),
        hours=_by_hour(period, received, due, scale),
        parts={name: _by(key, received, due, scale) for name, key in BY.items()},
    )


#: Which rows stand behind a number of the report, of those received or of those due.
BEHIND: dict[str, Callable[[Counted], bool]] = {
    "received": lambda _: True,
    "answered": lambda each: each.turn.fate == Fate.ANSWERED,
    "dismissed": lambda each: each.turn.fate == Fate.DISMISSED,
    "open": lambda each: each.turn.fate == Fate.OPEN,
    "kept": lambda each: each.promise == PromiseState.MET,
    "breached": lambda each: each.promise == PromiseState.BREACHED,
    "pending": lambda each: each.promise == PromiseState.PENDING,
}
IN_THE_MINUTE = ("within", "late")  # of those due: answered in time, and not


def rows_behind(report: DayReport, what: str, hour: datetime | None = None) -> list[Counted]:
    """The turns behind a number, of one hour (its start) if given; oldest first.

    Raises `ValueError` for a number the report does not have.
    """
    length = timedelta(0)
    if what in IN_THE_MINUTE:
        scale, length = report.scale, report.scale.length
        sides = split(report.due, scale, scale.calendar_of)
        found = sides[IN_THE_MINUTE.index(what)]
    elif what in BEHIND:
        found = [each for each in report.turns if BEHIND[what](each)]
    else:
        raise ValueError(f"the report has no number called {what!r}")
    if hour is None:
        return found
    end = hour + timedelta(hours=1)
    return [each for each in found if hour <= each.turn.started_at + length < end]


def _counted(user: User, period: Period, narrowed: Narrowed, scale: Scale) -> list[Counted]:
    asked = queries.asked_for(user, narrowed)
    # The minute of the last turns of the day before ends in this one.
    facts = queries.facts(asked, period.start - scale.length, period.end)
    counted = [_count(facts, turn, scale) for turn in facts.turns]
    return [e for e in counted if narrowed.agent is None or e.agent == narrowed.agent]


def _count(facts: queries.Facts, turn: Turn, scale: Scale) -> Counted:
    place = facts.places[turn.conversation]
    promised = facts.clocks.get((turn.conversation, turn.message))
    hours = promised.hours if promised else None
    service = (
        scale.calendar(turn)
        if hours is None
        else clock.elapsed(turn.started_at, turn.ended_at or scale.now, hours_of(hours))
    )
    return Counted(
        turn=turn,
        team=place.team,
        channel=place.channel,
        topic=place.topic,
        agent=turn.by if turn.fate != Fate.OPEN else place.assignee,
        hours=hours,
        promise=promised.state if promised else "",
        service=service,
    )


def _by_hour(
    period: Period, received: Sequence[Counted], due: Sequence[Counted], scale: Scale
) -> list[tuple[datetime, Sums]]:
    def place(moment: datetime) -> int:
        return int((moment - period.start) / timedelta(hours=1))

    came, fell = defaultdict(list), defaultdict(list)
    for each in received:
        came[place(each.turn.started_at)].append(each)
    for each in due:
        fell[place(each.turn.started_at + scale.length)].append(each)
    return [
        (start, sums(came[number], fell[number], scale))
        for number, (start, _) in enumerate(period.hours)
    ]


def _by(
    key: Callable[[Counted], int | None],
    received: Sequence[Counted],
    due: Sequence[Counted],
    scale: Scale,
) -> dict[int | None, Sums]:
    came, fell = defaultdict(list), defaultdict(list)
    for each in received:
        came[key(each)].append(each)
    for each in due:
        fell[key(each)].append(each)
    found = {part: sums(came[part], fell[part], scale) for part in came.keys() | fell.keys()}
    return dict(sorted(found.items(), key=lambda item: -item[1].received))
