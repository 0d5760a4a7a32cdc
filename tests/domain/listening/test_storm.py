"""A storm is raised early, is one alarm and ends; usual weeks are quiet. All is invented."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta

import pytest

from benchmarks.invented_weeks import (
    MONDAY,
    STEP,
    STEPS_A_DAY,
    rate,
    scattered,
    stormy_weeks,
    weeks,
)
from harken.domain.listening.trends.gauge import Gauge
from harken.domain.listening.trends.kept import awake, kept
from harken.domain.listening.trends.storm import (
    CAREFUL,
    EAGER,
    NORMAL,
    Change,
    Sensitivity,
    State,
    StormWatch,
)
from tests.domain.listening.series import raised, watch

BREAKS_OUT = MONDAY + timedelta(days=16, hours=14)
Counts = list[tuple[datetime, int]]


def stormy(an_hour: float, times: float, hours: float, seed: int) -> Counts:
    """Three weeks with a storm in the third: `times` the usual in addition, for `hours`."""
    dice = random.Random(seed)
    over = BREAKS_OUT + timedelta(hours=hours)
    return [
        (at, posts + scattered(dice, an_hour * times / 12, 2) if BREAKS_OUT <= at < over else posts)
        for at, posts in weeks(21, an_hour, seed)
    ]


@pytest.mark.parametrize(("an_hour", "times"), [(6, 15), (30, 6), (200, 3)])
def test_a_storm_is_raised_within_the_half_hour(an_hour: int, times: float) -> None:
    watching = watch()
    alarms = raised([watching.read(*each) for each in stormy(an_hour, times, 2, an_hour)])
    assert next(at for at in alarms if at >= BREAKS_OUT) <= BREAKS_OUT + timedelta(minutes=30)


def test_a_storm_of_hours_is_one_alarm_and_ends_when_it_is_calm() -> None:
    watching = watch()
    readings = [watching.read(*each) for each in stormy(30, 6, 5, 3)]
    after = [each for each in readings if each.moment > BREAKS_OUT and each.change]
    assert after[0].change is Change.RAISED
    assert after[-1].change is Change.ENDED
    assert Change.RAISED not in [each.change for each in after[1:]]
    calm = after[-1].moment - (BREAKS_OUT + timedelta(hours=5))
    assert timedelta(hours=1) < calm < timedelta(hours=5)
    assert after[-1].state is State.QUIET
    assert after[-1].storm
    assert after[-1].storm.strongest[-1] > 150


def test_a_storm_that_doubles_is_told_again_and_one_that_flares_up_is_not() -> None:
    watching = watch()
    for at, posts in weeks(21, 30, 9):
        watching.read(at, posts)
    start = MONDAY + timedelta(days=21)
    course = [40] * 12 + [2] * 48 + [38] * 12 + [300] * 3
    readings = [watching.read(start + n * STEP, posts) for n, posts in enumerate(course)]
    changes = [each.change for each in readings if each.change]
    assert changes == [Change.RAISED, Change.ENDED, Change.RESUMED, Change.GREW]


@pytest.mark.parametrize("an_hour", [1, 6, 30, 200])
@pytest.mark.parametrize("bursts", [1.2, 2])
def test_eight_usual_weeks_are_quiet(an_hour: int, bursts: float) -> None:
    watching = watch()
    readings = [watching.read(*each) for each in weeks(56, an_hour, 11, bursts)]
    assert len(raised(readings)) <= 1


def test_as_many_posts_as_in_the_evening_surprise_more_at_night() -> None:
    def surprise_at(hour: int) -> float:
        watching = watch()
        for at, posts in weeks(21, 60, 5):
            watching.read(at, posts)
        start = MONDAY + timedelta(days=21)
        night = [watching.read(start + n * STEP, 3) for n in range(hour * 12)]
        now = start + timedelta(hours=hour)
        return [*night, *(watching.read(now + n * STEP, 8) for n in range(12))][-1].surprise

    assert surprise_at(3) > 3
    assert surprise_at(15) < 1


def test_a_young_monitor_is_quiet_and_says_what_it_waits_for() -> None:
    watching = watch()
    first = watching.read(MONDAY, 400)
    assert first.state is State.LEARNING
    assert "0 of 24 hours" in first.waits_for
    readings = [watching.read(MONDAY + n * STEP, 400) for n in range(1, STEPS_A_DAY)]
    assert {each.state for each in readings} == {State.LEARNING}


def test_a_flood_after_days_without_a_post_may_be_a_connection_that_now_works() -> None:
    watching = watch()
    for step in range(5 * STEPS_A_DAY):
        watching.read(MONDAY + step * STEP, 0)
    fifth = MONDAY + timedelta(days=5)
    readings = [watching.read(fifth + n * STEP, 8) for n in range(STEPS_A_DAY)]
    assert {each.state for each in readings} == {State.LEARNING}
    assert "8 posts" in readings[0].waits_for
    assert "a first day with posts" in readings[12].waits_for


def test_after_a_quiet_week_the_first_crowd_is_a_storm() -> None:
    watching = watch()
    for step in range(8 * STEPS_A_DAY):
        watching.read(MONDAY + step * STEP, 0)
    reading = watching.read(MONDAY + timedelta(days=8), 25)
    assert reading.change is Change.RAISED


def test_an_hour_nobody_listened_is_no_silence() -> None:
    watching = watch()
    series = list(weeks(21, 30, 8))
    for at, posts in series[:-STEPS_A_DAY]:
        watching.read(at, posts)
    level = watching.gauge.baseline.level
    readings = [watching.read(at, posts) for at, posts in series[-STEPS_A_DAY:][100:]]
    assert not raised(readings)
    assert watching.gauge.baseline.level > 0.8 * level


def test_small_unrest_after_a_storm_does_not_hide_the_next_one() -> None:
    watching = watch()
    for at, posts in weeks(21, 30, 13):
        watching.read(at, posts)
    start = MONDAY + timedelta(days=21, hours=9)
    # Every second hour one lively five minutes, as a usual day has them, for a whole day.
    unrest = ([9] + [2] * 23) * 12
    course = [40] * 12 + unrest + [40] * 12
    readings = [watching.read(start + n * STEP, posts) for n, posts in enumerate(course)]
    assert len(raised(readings)) == 2


def test_a_doubled_level_becomes_the_rule() -> None:
    watching = watch()
    for at, posts in weeks(14, 30, 2):
        watching.read(at, posts)
    readings = [watching.read(at + timedelta(days=14), posts) for at, posts in weeks(28, 60, 3)]
    assert not raised(readings[10 * STEPS_A_DAY :])
    noon = MONDAY + timedelta(days=44, hours=12)
    expected = watching.gauge.baseline.expected(noon, timedelta(hours=1))
    assert expected.mean == pytest.approx(rate(noon, 60), rel=0.25)


def test_a_monitor_that_jumps_every_day_needs_a_higher_jump() -> None:
    def alarms(last: int) -> int:
        watching = watch()
        for day in range(28):
            for n in range(STEPS_A_DAY):
                jump = 40 if n == (37 * day) % STEPS_A_DAY else 2
                watching.read(MONDAY + day * timedelta(days=1) + n * STEP, jump)
        tomorrow = MONDAY + timedelta(days=28)
        before = [watching.read(tomorrow + n * STEP, 2) for n in range(40)]
        return len(raised([*before, watching.read(tomorrow + 40 * STEP, last)]))

    assert alarms(45) == 0
    assert alarms(400) == 1


def test_a_watch_on_every_minute_raises_within_minutes() -> None:
    dice = random.Random(4)
    watching = StormWatch(Gauge(timedelta(minutes=1)))
    minutes = [MONDAY + n * timedelta(minutes=1) for n in range(17 * 1440)]
    readings = [
        watching.read(at, scattered(dice, 5.0 if at >= BREAKS_OUT else 0.5, 1.5)) for at in minutes
    ]
    alarms = [at for at in raised(readings) if at > BREAKS_OUT]
    assert alarms[0] <= BREAKS_OUT + timedelta(minutes=10)


def spreading(course: list[tuple[int, bool]]) -> list[tuple[int, Change]]:
    """What three usual weeks of 30 posts an hour and then this change, and in which step."""
    watching = watch()
    for at, posts in weeks(21, 30, 9):
        watching.read(at, posts)
    start = MONDAY + timedelta(days=21, hours=12)
    found = []
    for step, (posts, spreads) in enumerate(course):
        reading = watching.read(start + step * STEP, posts, spreads=spreads)
        found += [(step, reading.change)] if reading.change else []
    return found


def test_a_text_that_spreads_is_a_storm_that_volume_joins_within_the_hour() -> None:
    course = [(3, True), (3, False), (60, False), (60, True), (60, False)]
    assert spreading(course) == [(0, Change.RAISED), (2, Change.JOINED)]


def test_volume_that_comes_hours_after_the_text_is_told() -> None:
    course = [(3, True)] + [(3, False)] * 12 + [(60, False)] * 2
    assert spreading(course) == [(0, Change.RAISED), (13, Change.GREW)]


def test_a_text_that_nobody_repeats_any_more_does_not_hide_a_storm_of_the_same_day() -> None:
    course = [(3, True)] + [(3, False)] * 40 + [(60, False)]
    assert [change for _, change in spreading(course)] == [
        Change.RAISED,
        Change.ENDED,
        Change.RAISED,
    ]


def test_a_second_text_within_half_a_day_is_the_same_storm() -> None:
    course = [(3, True)] + [(3, False)] * 40 + [(3, True)]
    assert [change for _, change in spreading(course)] == [
        Change.RAISED,
        Change.ENDED,
        Change.RESUMED,
    ]


def test_a_young_monitor_is_not_woken_by_a_text_either() -> None:
    watching = watch()
    assert watching.read(MONDAY, 9, spreads=True).state is State.LEARNING


def test_careful_alarms_less_and_eager_more() -> None:
    def alarms(sensitivity: Sensitivity) -> int:
        found = 0
        for seed in range(3):
            counts, _ = stormy_weeks(28, 30, seed)
            watching = watch(sensitivity)
            found += len(raised([watching.read(*each) for each in counts]))
        return found

    assert alarms(CAREFUL) < alarms(NORMAL) < alarms(EAGER)


def test_a_watch_survives_a_restart_in_the_middle_of_a_storm() -> None:
    series = stormy(30, 6, 5, 3)
    middle = next(n for n, (at, _) in enumerate(series) if at > BREAKS_OUT + timedelta(hours=1))
    watching = watch()
    for each in series[:middle]:
        watching.read(*each)
    assert watching.storm
    again = awake(json.loads(json.dumps(kept(watching))))
    assert [again.read(*each) for each in series[middle:]] == [
        watching.read(*each) for each in series[middle:]
    ]
