"""Business time against the oracle, and the days people trip over."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from harken.domain.sla import clock
from tests.domain.sla.oracle import Calendar

# Zone, a country for its holidays, and days on which its clocks did something.
ZONES: list[tuple[str, str, list[date]]] = [
    ("Australia/Lord_Howe", "AU", [date(2026, 4, 4), date(2026, 10, 3)]),  # by half an hour
    ("Africa/Casablanca", "MA", [date(2026, 2, 15), date(2026, 3, 22)]),  # back for Ramadan
    ("Asia/Kolkata", "IN", [date(2026, 1, 26)]),
    ("America/Sao_Paulo", "BR", [date(2017, 10, 14), date(2018, 2, 17), date(2018, 11, 3)]),
    ("Asia/Kathmandu", "NP", [date(2026, 5, 1)]),  # 5 h 45 min
    ("Pacific/Chatham", "NZ", [date(2026, 4, 4), date(2026, 9, 26)]),  # 12 h 45 min
    ("Europe/Amsterdam", "NL", [date(2026, 3, 28), date(2026, 10, 24)]),
    ("America/New_York", "US", [date(2026, 3, 7), date(2026, 10, 31)]),
    ("America/St_Johns", "CA", [date(2026, 3, 7), date(2026, 10, 31)]),  # minus 3 h 30 min
    ("Asia/Tehran", "IR", [date(2022, 3, 20), date(2022, 9, 20)]),  # changed at midnight
    ("Pacific/Apia", "WS", [date(2011, 12, 28), date(2012, 4, 1)]),  # left a whole day out
    ("Antarctica/Troll", "NO", [date(2026, 3, 28), date(2026, 10, 24)]),  # by two hours
]
SEED = int(os.environ.get("HARKEN_TEST_SEED", "20260328"))
CASES_A_CALENDAR = 40


def text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def random_day(dice: random.Random) -> list[tuple[int, int]]:
    """None to four intervals, sometimes around the hours in which clocks change."""
    if dice.random() < 0.15:
        return []
    if dice.random() < 0.1:
        return [(0, 1440)]
    latest = 1440 if dice.random() < 0.6 else 300
    edges = sorted(dice.sample(range(latest + 1), 2 * dice.randint(1, 4)))
    return list(zip(edges[::2], edges[1::2], strict=True))


def calendars(dice: random.Random) -> Iterator[tuple[Calendar, clock.Hours, list[date]]]:
    """The same random calendar for the oracle and for the clock, zone after zone."""
    while True:
        for zone, country, changes in ZONES:
            week = [random_day(dice) for _ in range(7)]
            week[dice.randrange(7)] = [(540, 720), (780, 1020)]
            years = {change.year + more for change in changes for more in (0, 1)}
            public = holidays.country_holidays(country, years=years) if country != "WS" else {}
            own = {dice.choice(changes) + timedelta(days=dice.randint(-20, 20)) for _ in range(3)}
            off = {day for day in public if dice.random() < 0.8} | own
            texts = [[(text(start), text(end)) for start, end in day] for day in week]
            hours = clock.Hours(
                ZoneInfo(zone), tuple(tuple(day) for day in week), frozenset(off).__contains__
            )
            yield Calendar(zone, texts, off), hours, changes


def differences(count: int) -> list[str]:
    """`count` random cases; what the clock and the oracle do not agree on."""
    dice = random.Random(SEED)
    wrong: list[str] = []
    done = 0
    for oracle, hours, changes in calendars(dice):
        for _ in range(CASES_A_CALENDAR):
            day = dice.choice(changes) + timedelta(days=dice.randint(-3, 3))
            start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
                seconds=dice.randrange(86400)
            )
            seconds = dice.choice([0, 1, 60, dice.randrange(7200), dice.randrange(120_000)])
            end = start + timedelta(seconds=dice.randrange(5 * 86400))
            # Nothing left is due at once, in business hours or not.
            expected = oracle.due(start, seconds) if seconds else start
            if (got := clock.due(start, seconds, hours)) != expected:
                wrong.append(f"{hours.zone} {start} + {seconds}: {got}, not {expected}")
            counted = oracle.elapsed(start, end)
            if (spent := clock.elapsed(start, end, hours)) != counted:
                wrong.append(f"{hours.zone} {start} to {end}: {spent}, not {counted}")
            done += 1
            if done == count:
                return wrong
    return wrong


def test_two_thousand_random_cases_agree_with_counting_minutes() -> None:
    assert differences(2000) == []


@pytest.mark.soak
def test_ten_thousand_random_cases_agree_with_counting_minutes() -> None:
    assert differences(10_000) == []


WORKDAY = ((9 * 60, 17 * 60),)
SHOP = clock.Hours(ZoneInfo("Europe/Amsterdam"), (WORKDAY,) * 5 + ((), ()), lambda _: False)


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def test_an_hour_before_closing_time_on_friday_leaves_the_rest_for_monday() -> None:
    assert clock.due(utc(2026, 7, 10, 14), 2 * 3600, SHOP) == utc(2026, 7, 13, 8)


def test_the_weekend_in_which_the_clocks_change_is_not_an_hour_longer() -> None:
    friday, monday = utc(2026, 3, 27, 15), utc(2026, 3, 30, 8)
    assert clock.elapsed(friday, monday, SHOP) == 2 * 3600
    assert clock.due(friday, 2 * 3600, SHOP) == monday


def test_the_hour_that_happens_twice_counts_twice() -> None:
    always = clock.Hours(SHOP.zone, (((0, 1440),),) * 7, lambda _: False)
    midnight, next_midnight = utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)
    assert clock.elapsed(midnight, next_midnight, always) == 25 * 3600
    assert clock.due(midnight, 25 * 3600, always) == next_midnight


def test_without_business_hours_every_second_counts() -> None:
    start = utc(2026, 12, 25, 3)
    assert clock.due(start, 60, None) == start + timedelta(seconds=60)
    assert clock.elapsed(start, start + timedelta(seconds=61), None) == 61
    assert clock.elapsed(start, start, None) == 0


def test_hours_that_never_open_are_refused() -> None:
    with pytest.raises(clock.NeverOpen):
        clock.due(utc(2026, 1, 1), 1, clock.Hours(SHOP.zone, (WORKDAY,) * 7, lambda _: True))
