"""What a storm teaches: little, so that the next one is a storm too; a lasting change, in time."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from benchmarks.invented_weeks import MONDAY, STEP, scattered
from harken.domain.listening.trends.gauge import Gauge
from harken.domain.listening.trends.storm import State, StormWatch
from tests.domain.listening.series import raised

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST, SECOND = MONDAY + 15 * DAY + 13 * HOUR, MONDAY + 22 * DAY + 13 * HOUR


def watched(second: float, hours: float, seed: int) -> tuple[StormWatch, list[datetime]]:
    """A post an hour for three weeks and more; a storm of `hours`, and `second` posts an hour for
    one hour a week later."""
    dice = random.Random(seed)
    watch, alarms = StormWatch(Gauge(MINUTE)), []
    at = MONDAY
    while at < SECOND + 2 * HOUR:
        mean = 1.0
        if FIRST <= at < FIRST + hours * HOUR:
            mean = 120.0
        elif SECOND <= at < SECOND + HOUR:
            mean = second
        alarms += raised([watch.read(at, scattered(dice, mean / 60, 1.2))])
        at += MINUTE
    return watch, alarms


@pytest.mark.parametrize("seed", range(3))
def test_a_quiet_monitor_alarms_again_at_the_storm_of_a_week_later(seed: int) -> None:
    _, alarms = watched(25, 6, seed)
    assert any(FIRST < at <= FIRST + HOUR for at in alarms)
    assert any(SECOND < at <= SECOND + HOUR for at in alarms)


def test_a_storm_leaves_the_usual_of_a_quiet_monitor_where_it_was() -> None:
    watch, _ = watched(1, 6, 5)
    noon = SECOND + 2 * DAY
    assert watch.gauge.baseline.expected(noon, HOUR).mean < 2
    assert all(each.ratio < 3 for each in watch.gauge.scatter)


def test_a_level_that_stays_high_becomes_a_quiet_monitor_s_rule() -> None:
    dice = random.Random(8)
    watch, start, changes = StormWatch(Gauge(STEP)), MONDAY + 15 * DAY, 21 * 288
    for n in range(15 * 288):
        watch.read(MONDAY + n * STEP, scattered(dice, 1 / 12, 1.2))
    readings = [watch.read(start + n * STEP, scattered(dice, 20 / 12, 1.2)) for n in range(changes)]
    assert len(raised(readings)) == 1
    assert readings[-1].state is State.QUIET
    assert watch.gauge.baseline.expected(start + 22 * DAY, HOUR).mean == pytest.approx(20, rel=0.3)
