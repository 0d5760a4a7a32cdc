"""Invented weeks of posts: a day with a shape, a working week, posts in bursts, and storms."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
STEP = timedelta(minutes=5)
STEPS_A_DAY = 288
HOUR = timedelta(hours=1)


def rate(moment: datetime, an_hour: float) -> float:
    """Posts an hour: four times as many in the afternoon as at night, fewer at the weekend."""
    daily = 1 + 0.6 * math.sin((moment.hour + moment.minute / 60 - 9) / 24 * 2 * math.pi)
    return an_hour * daily * (0.6 if moment.weekday() >= 5 else 1.0)


def scattered(dice: random.Random, mean: float, bursts: float) -> int:
    """A count of that mean, negative binomial with `bursts` as variance over mean; 1 is Poisson."""
    mean = dice.gammavariate(mean / (bursts - 1), bursts - 1) if bursts > 1 else mean
    count, left = 0, dice.expovariate(1.0)
    while left < mean:
        count, left = count + 1, left + dice.expovariate(1.0)
    return count


def weeks(
    days: int, an_hour: float, seed: int, bursts: float = 2.0
) -> Iterator[tuple[datetime, int]]:
    """Usual weeks, five minutes a count."""
    dice = random.Random(seed)
    for step in range(days * STEPS_A_DAY):
        moment = MONDAY + step * STEP
        yield moment, scattered(dice, rate(moment, an_hour) / 12, bursts)


@dataclass(frozen=True, slots=True)
class Crisis:
    """From `began` for `lasts` on, `times` the usual; a ramp climbs to that evenly."""

    began: datetime
    lasts: timedelta
    times: float
    is_ramp: bool = False

    def factor(self, moment: datetime) -> float:
        """How many times the usual there is at `moment`."""
        share = (moment - self.began) / self.lasts
        if not 0 <= share < 1:
            return 1.0
        return 1 + (self.times - 1) * share if self.is_ramp else self.times


#: Hours, times the usual, and whether it climbs there slowly.
KINDS = ((2.0, 3.0, False), (1.0, 5.0, False), (0.5, 8.0, False), (4.0, 4.0, True))


def crises(dice: random.Random, days: int) -> list[Crisis]:
    """Each kind twice, between eight in the morning and eight at night, after the first week."""
    on = sorted(dice.sample(range(7, days), 2 * len(KINDS)))
    kinds = dice.sample(KINDS * 2, 2 * len(KINDS))
    return [
        Crisis(MONDAY + timedelta(days=day, hours=dice.uniform(8, 20)), hours * HOUR, times, ramp)
        for day, (hours, times, ramp) in zip(on, kinds, strict=True)
    ]


def stormy_weeks(
    days: int, an_hour: float, seed: int
) -> tuple[list[tuple[datetime, int]], list[Crisis]]:
    """Weeks with eight crises, a level that drifts by a third, and moderate bursts."""
    dice = random.Random(seed)
    planned = crises(dice, days)
    counts = []
    for step in range(days * STEPS_A_DAY):
        moment = MONDAY + step * STEP
        drift = 1 + 0.33 * step / (days * STEPS_A_DAY)
        factor = max(each.factor(moment) for each in planned)
        mean = rate(moment, an_hour) / 12 * drift * factor
        counts.append((moment, scattered(dice, mean, 1.6)))
    return counts, planned
