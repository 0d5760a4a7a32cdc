"""What a monitor usually hears at this hour of the week: a level, times the shape of a week.

The level is a mean that forgets with a half-life of days. The shape says how much busier than the
level an hour is. Both learn from counts cut off at what is still usual, so that a storm does not
become the rule (the same thought as the down-weighting of past outbreaks in Farrington's method).
Early on an hour of the week borrows from the same hour of other days, and that one from "no
difference": a weighted mean with the number of hours seen as weights. Until it has seen enough,
the doubt in the mean is part of what is expected, so that little knowledge makes quiet, not noise.

An hour of the week is one of the company's wall clock: people rise by theirs, so the shape stays
where it is when the clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
HOURS_OF_DAY, HOURS_OF_WEEK = 24, 168
HOUR = timedelta(hours=1)
LEVEL_HALF_LIFE = 3 * 24.0  # hours
SHAPE_HALF_LIFE = 6.0  # visits of the same hour
#: An hour of the day is trusted half after this many days, one of the week after so many weeks.
DAYS_TO_TRUST, WEEKS_TO_TRUST = 0.5, 2.0
#: Expected posts in an hour below which its count says little about the shape.
FEW = 2.0
#: Relative variance of the mean of an hour of which nothing is known: it may well be 1.7 times.
FIRST_DOUBT = 0.5


@dataclass(frozen=True, slots=True)
class Expected:
    """Posts in a stretch of time: their `mean`, and the relative variance of that mean."""

    mean: float
    doubt: float


@dataclass(slots=True)
class Slot:
    """An hour of the day or of the week: heard and, by the level alone, expected posts."""

    heard: float = 0.0
    by_level: float = 0.0
    hours: float = 0.0

    def learn(self, count: float, by_level: float, hours: float) -> None:
        """Take in a stretch of `hours`; what is older weighs less each time."""
        kept = 0.5 ** (hours / SHAPE_HALF_LIFE)
        self.heard = self.heard * kept + count
        self.by_level = self.by_level * kept + by_level
        self.hours = self.hours * kept + hours

    def mixed(self, otherwise: float, to_trust: float) -> float:
        """How much busier than the level, drawn towards `otherwise` while little is known."""
        if self.by_level <= 0:
            return otherwise
        weight = self.hours * self.by_level / (self.by_level + FEW * self.hours)
        return (weight * self.heard / self.by_level + to_trust * otherwise) / (weight + to_trust)


def _slots(number: int) -> list[Slot]:
    return [Slot() for _ in range(number)]


@dataclass(slots=True)
class Baseline:
    """Learns with `learn`, tells with `expected`. Counts are of stretches well below an hour.

    `zone` is whose wall clock the hours of the week are of.
    """

    heard: float = 0.0
    hours: float = 0.0  # shaped and forgotten ones, the level's divisor
    age: float = 0.0  # hours in all
    days: list[Slot] = field(default_factory=lambda: _slots(HOURS_OF_DAY))
    weeks: list[Slot] = field(default_factory=lambda: _slots(HOURS_OF_WEEK))
    zone: ZoneInfo = UTC

    def move_to(self, zone: ZoneInfo, at: datetime) -> None:
        """Take the hours from another wall clock; what was learnt moves by what they differ `at`
        that moment, in whole hours."""
        by = round((_offset(zone, at) - _offset(self.zone, at)) / HOUR)
        self.days, self.weeks = _turned(self.days, by), _turned(self.weeks, by)
        self.zone = zone

    @property
    def level(self) -> float:
        """Posts an hour, the week's shape taken out."""
        return self.heard / self.hours if self.hours else 0.0

    def expected(self, start: datetime, length: timedelta) -> Expected:
        """What is usual in the `length` from `start` on."""
        hours = length / HOUR
        slot = hour_of_week(start, self.zone)
        known = 1 + self.days[slot % HOURS_OF_DAY].hours
        known *= 1 + self.weeks[slot].hours
        return Expected(self.level * self._shape_at(start) * hours, FIRST_DOUBT / known)

    def learn(self, start: datetime, length: timedelta, count: float) -> None:
        """Take in `count` posts, already cut off at what is usual."""
        hours = length / HOUR
        slot = hour_of_week(start, self.zone)
        by_level = (self.level or count / hours) * hours
        shape = self._shape(slot)
        kept = 0.5 ** (hours / LEVEL_HALF_LIFE)
        self.heard = self.heard * kept + count
        self.hours = self.hours * kept + shape * hours
        self.age += hours
        self.days[slot % HOURS_OF_DAY].learn(count, by_level, hours)
        self.weeks[slot].learn(count, by_level, hours)

    def _shape_at(self, moment: datetime) -> float:
        """The shape between the middles of two hours: a day does not climb in steps."""
        before = (moment - HOUR / 2).astimezone(self.zone)
        share = (before.minute * 60 + before.second) / 3600
        # Of the moment and not of the number: an hour may be skipped, or come twice.
        after = hour_of_week(moment + HOUR / 2, self.zone)
        slot = before.weekday() * HOURS_OF_DAY + before.hour
        return self._shape(slot) * (1 - share) + self._shape(after) * share

    def _shape(self, slot: int) -> float:
        daily = self.days[slot % HOURS_OF_DAY].mixed(1.0, DAYS_TO_TRUST)
        return max(self.weeks[slot].mixed(daily, WEEKS_TO_TRUST), 0.05)


def hour_of_week(moment: datetime, zone: ZoneInfo) -> int:
    """0 is Monday's first hour on the wall clock of `zone`."""
    local = moment.astimezone(zone)
    return local.weekday() * HOURS_OF_DAY + local.hour


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _turned(slots: list[Slot], by: int) -> list[Slot]:
    return [slots[(number - by) % len(slots)] for number in range(len(slots))]
