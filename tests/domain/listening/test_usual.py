"""What is usual, how surprising a count is, and how high usual days peak."""

from __future__ import annotations

import math
import random
from datetime import timedelta

import pytest

from benchmarks.invented_weeks import MONDAY, STEP, rate
from harken.domain.listening.trends.baseline import Baseline
from harken.domain.listening.trends.peaks import DAY, Peaks
from harken.domain.listening.trends.tail import surprise

HOUR = timedelta(hours=1)


def added_up(count: int, mean: float, variance: float) -> float:
    """The same tail the long way: one minus all smaller counts' chances, summed one by one."""
    size = mean * mean / (variance - mean)
    odds = mean / (size + mean)
    below = math.fsum(
        math.exp(
            math.lgamma(k + size)
            - math.lgamma(size)
            - math.lgamma(k + 1)
            + size * math.log1p(-odds)
            + k * math.log(odds)
        )
        for k in range(count)
    )
    return -math.log10(1 - below)


def test_a_surprise_is_the_tail_added_up_count_by_count() -> None:
    dice = random.Random(1)
    checked = 0
    while checked < 300:
        mean = 10 ** dice.uniform(-2, 3)
        variance = mean * 10 ** dice.uniform(0.05, 1.5)
        count = math.ceil(mean + dice.uniform(0, 5) * math.sqrt(variance))
        long_way = added_up(count, mean, variance)
        if count <= mean or long_way > 8:
            continue  # one minus nearly one has no digits left to compare
        assert surprise(count, mean, variance) == pytest.approx(long_way, rel=1e-4, abs=1e-6)
        checked += 1


def test_a_surprise_beyond_all_digits_still_grows() -> None:
    found = [surprise(count, 10, 12) for count in (50, 100, 1000, 100_000)]
    assert found == sorted(found)
    assert found[0] > 10
    assert math.isfinite(found[-1])


def test_no_more_than_the_mean_surprises_nobody() -> None:
    assert surprise(0, 0, 0) == 0
    assert surprise(10, 10, 15) == 0
    assert surprise(3, 0, 0) > 10


def learnt(days: int, an_hour: float) -> Baseline:
    baseline = Baseline()
    for step in range(days * 288):
        at = MONDAY + step * STEP
        baseline.learn(at, STEP, rate(at, an_hour) / 12)
    return baseline


@pytest.mark.parametrize("an_hour", [3, 40, 900])
def test_after_five_weeks_every_hour_of_the_week_is_known(an_hour: int) -> None:
    baseline = learnt(35, an_hour)
    for hour in range(168):
        at = MONDAY + timedelta(days=35) + hour * HOUR + HOUR / 2
        assert baseline.expected(at, HOUR).mean == pytest.approx(
            rate(at, an_hour), rel=0.25, abs=0.3
        )


def test_after_two_days_the_hours_of_the_day_are_known_and_the_doubt_is_less() -> None:
    one, two = learnt(1, 60), learnt(2, 60)
    night, evening = MONDAY + timedelta(days=2, hours=3), MONDAY + timedelta(days=2, hours=15)
    assert two.expected(evening, HOUR).mean > 2 * two.expected(night, HOUR).mean
    assert two.expected(night, HOUR).doubt < one.expected(night, HOUR).doubt
    assert one.expected(night, HOUR).doubt < Baseline().expected(night, HOUR).doubt


def test_usual_days_reach_the_level_about_as_often_as_it_says() -> None:
    dice = random.Random(2)
    above = total = 0
    for _ in range(200):
        peaks = Peaks()
        for _ in range(28):
            peaks.learn(round(math.exp(dice.gauss(4, 0.5))), DAY)
        level = peaks.level(10)
        above += sum(math.exp(dice.gauss(4, 0.5)) > level for _ in range(50))
        total += 50
    assert 0.05 < above / total < 0.2


def test_a_few_stormy_days_hardly_move_the_level() -> None:
    calm, stormy = Peaks(), Peaks()
    for day in range(28):
        calm.learn(20 + day % 7, DAY)
        stormy.learn(2000 if day in {5, 6, 20} else 20 + day % 7, DAY)
    assert stormy.level(14) < 1.5 * calm.level(14)
    assert Peaks().level(14) == math.inf
