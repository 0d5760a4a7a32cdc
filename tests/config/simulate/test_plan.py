"""How a simulated day is planned."""

from __future__ import annotations

import random

import pytest

from harken.config.cli.ground import Failed
from harken.config.simulate.day import run
from harken.config.simulate.habits import Habits, shift_of
from harken.config.simulate.plan import STORM_SHARE, Options, arrivals


def test_every_conversation_begins_within_the_day_and_the_storm_has_its_share() -> None:
    options = Options()
    came = arrivals(options, random.Random(1))
    assert len(came) == options.conversations
    assert came == sorted(came, key=lambda each: each.at)
    assert came[0].at >= 0
    assert came[-1].at < options.length == 12 * 3600
    storm = [each for each in came if each.storm]
    assert len(storm) == round(STORM_SHARE * options.conversations)
    assert all(options.in_storm(each.at) for each in storm)


def test_mornings_and_evenings_are_busier_than_noon() -> None:
    options = Options(storm=False)
    came = [int(each.at / 3600) for each in arrivals(options, random.Random(1))]
    assert min(came.count(2), came.count(10)) > 1.3 * max(came.count(5), came.count(0))


def test_somebody_is_there_at_every_moment_of_the_day() -> None:
    length, dice = 12 * 3600.0, random.Random(1)
    shifts = [shift_of(number, length, dice) for number in range(20)]
    for minute in range(0, 12 * 60, 5):
        assert sum(shift.is_on(minute * 60) for shift in shifts) >= 4


def test_people_differ_and_an_answer_takes_about_half_a_minute() -> None:
    dice = random.Random(1)
    people = [Habits(dice) for _ in range(50)]
    took = sorted(e.reading(105) + e.typing(160) + e.checking() for e in people for _ in range(20))
    assert 25 < took[len(took) // 2] < 40
    assert took[len(took) // 20] < 25
    assert took[-len(took) // 20] > 40


@pytest.mark.parametrize("speed", [7, 45])
def test_a_speed_that_does_not_divide_a_minute_is_refused(speed: int) -> None:
    with pytest.raises(Failed, match="Choose a speed"):
        run(Options(speed=speed))
