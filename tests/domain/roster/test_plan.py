"""Who is on, against the oracle, and the nights people trip over."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from harken.domain.roster.models import Absence, Layer, LayerKind, Shift
from harken.domain.roster.plan import Gap, Plan, Stretch, gaps, make_plan
from harken.domain.roster.wall import moment
from harken.domain.sla.calendars import public_holidays
from tests.domain.roster.oracle import Row, Turn, who

DAY = timedelta(days=1)
# Zone, a country for its holidays, and days around which its clocks did something.
ZONES: list[tuple[str, str, list[date]]] = [
    ("Australia/Lord_Howe", "AU", [date(2026, 4, 4), date(2026, 10, 3)]),  # by half an hour
    ("Africa/Casablanca", "MA", [date(2026, 2, 15), date(2026, 3, 22)]),  # back for Ramadan
    ("Asia/Kolkata", "IN", [date(2026, 1, 26)]),
    ("America/Sao_Paulo", "BR", [date(2017, 10, 14), date(2018, 2, 17)]),  # at midnight
    ("Asia/Kathmandu", "NP", [date(2026, 5, 1)]),  # 5 h 45 min
    ("Pacific/Chatham", "NZ", [date(2026, 4, 4), date(2026, 9, 26)]),  # 12 h 45 min
    ("Europe/Amsterdam", "NL", [date(2026, 3, 28), date(2026, 10, 24)]),
    ("America/New_York", "US", [date(2026, 3, 7), date(2026, 10, 31)]),
    ("America/St_Johns", "CA", [date(2026, 3, 7), date(2026, 10, 31)]),  # minus 3 h 30 min
    ("Asia/Tehran", "IR", [date(2022, 3, 20), date(2022, 9, 20)]),  # at midnight
    ("Pacific/Apia", "", [date(2011, 12, 29), date(2012, 4, 1)]),  # left a whole day out
    ("Antarctica/Troll", "NO", [date(2026, 3, 28), date(2026, 10, 24)]),  # by two hours
]
SEED = int(os.environ.get("HARKEN_TEST_SEED", "20260328"))
MOMENTS_A_ROSTER = 8
PEOPLE = range(1, 6)


@dataclass
class Roster:
    """The same roster in both forms."""

    rows: dict[str, list[Row]]
    away: list[tuple[int, datetime, datetime]]
    layers: list[tuple[Layer, list[Shift]]]
    absences: list[Absence]
    swaps: dict[tuple[int, date], int]
    middle: date


def random_roster(dice: random.Random) -> Roster:
    """One to four layers in one or two zones, near a day on which a clock changes."""
    zone, country, changes = dice.choice(ZONES)
    made = Roster({kind: [] for kind in LayerKind.values}, [], [], [], {}, dice.choice(changes))
    for position in range(dice.randint(1, 4)):
        other = dice.choice(ZONES)
        where, public = (zone, country) if dice.random() < 0.8 else other[:2]
        kind = LayerKind.DUTY if position == 0 else dice.choice(list(LayerKind))
        layer = Layer(pk=position + 1, kind=kind, zone=where, country=public)
        row = Row(where, [])
        shifts = []
        for number in range(dice.randint(1, 5)):
            shift, turn = random_shift(dice, layer, 100 * position + number, made)
            shifts.append(shift)
            row.turns.append(turn)
        made.layers.append((layer, shifts))
        made.rows[kind].append(row)
    for _ in range(dice.randint(0, 3)):
        begin = at(made.middle) + timedelta(minutes=dice.randint(-5000, 4000))
        absence = (dice.choice(PEOPLE), begin, begin + timedelta(minutes=dice.randint(1, 4000)))
        made.away.append(absence)
        person, starts, ends = absence
        made.absences.append(Absence(person_id=person, starts_at=starts, ends_at=ends))
    return made


def random_shift(dice: random.Random, layer: Layer, key: int, made: Roster) -> tuple[Shift, Turn]:
    """One shift, often with its ends where clocks change; its days counted one by one."""
    person = dice.choice(PEOPLE)
    start = dice.choice([0, 30, 60, 90, 120, 150, 180, dice.randrange(1440), dice.randrange(1440)])
    length = dice.choice([30, 60, 480, 1440, dice.randint(1, 1440)])
    repeats = dice.random() < 0.75
    first = made.middle + dice.randint(-9 if repeats else -3, 2) * DAY
    last = first + dice.randint(0, 14) * DAY if repeats and dice.random() < 0.5 else None
    weekdays = sorted(dice.sample(range(7), dice.randint(1, 7))) if repeats else []
    not_on = [made.middle + dice.randint(-3, 3) * DAY] if dice.random() < 0.2 else []
    shift = Shift(
        pk=key, person_id=person, first_day=first, last_day=last, weekdays=weekdays,
        start=start, end=start + length, not_on=not_on,
    )  # fmt: skip
    days = set()
    for number in range(40):
        day = first + number * DAY
        if repeats and day in public_holidays(layer.country, "", day.year):
            continue
        wanted = day.weekday() in weekdays if repeats else number == 0
        if wanted and day not in not_on and (last is None or day <= last):
            days.add(day)
    turn = Turn(person, days, timedelta(minutes=start), timedelta(minutes=length))
    if dice.random() < 0.3:
        day = made.middle + dice.randint(-1, 1) * DAY
        made.swaps[(key, day)] = turn.stand_ins[day] = dice.choice(PEOPLE)
    return shift, turn


def at(day: date, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)


def differences(count: int) -> list[str]:
    """`count` random rosters; where the plan and the oracle do not agree."""
    dice = random.Random(SEED)
    wrong = []
    for number in range(count):
        roster = random_roster(dice)
        span = (at(roster.middle, -2880), at(roster.middle, 2880))
        long = make_plan(roster.layers, roster.swaps, roster.absences, span)
        stretches = long.stretches()
        for _ in range(MOMENTS_A_ROSTER):
            minute = at(roster.middle, dice.randint(-2879, 2879))
            expected = {
                kind: who(rows, roster.away, minute, roster.middle)
                for kind, rows in roster.rows.items()
            }
            short = plan_of_a_moment(roster, minute)
            duty = expected[LayerKind.DUTY][0] if expected[LayerKind.DUTY] else set()
            there = next(each for each in stretches if each.starts <= minute < each.ends)
            got = (set(short.on_duty(minute)), set(long.on_duty(minute)), set(there.people))
            called = [set(each) for each in short.on_call(minute)]
            if got != (duty, duty, duty) or called != expected[LayerKind.ON_CALL]:
                wrong.append(f"roster {number} at {minute}: {got}, {called}, not {expected}")
    return wrong


def plan_of_a_moment(roster: Roster, minute: datetime) -> Plan:
    span = (minute, minute + timedelta(microseconds=1))
    return make_plan(roster.layers, roster.swaps, roster.absences, span)


def test_two_thousand_random_rosters_agree_with_counting_minutes() -> None:
    assert differences(2000) == []


@pytest.mark.soak
def test_ten_thousand_random_rosters_agree_with_counting_minutes() -> None:
    assert differences(10_000) == []


def test_the_night_with_an_hour_twice_is_an_hour_longer() -> None:
    assert night(date(2026, 10, 24)) == timedelta(hours=9)


def test_the_night_without_an_hour_is_an_hour_shorter() -> None:
    assert night(date(2026, 3, 28)) == timedelta(hours=7)


def night(day: date) -> timedelta:
    layer = Layer(pk=1, kind=LayerKind.DUTY, zone="Europe/Amsterdam")
    shift = Shift(pk=1, person_id=1, first_day=day, start=22 * 60, end=30 * 60)
    plan = make_plan([(layer, [shift])], {}, [], (at(day), at(day + 2 * DAY)))
    (slot,) = plan.slots
    return slot.ends - slot.starts


def test_a_time_that_does_not_exist_is_the_moment_of_the_jump() -> None:
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert moment(ZoneInfo("Europe/Amsterdam"), date(2026, 3, 29), 150) == jump
    assert moment(ZoneInfo("Europe/Amsterdam"), date(2026, 3, 29), 180) == jump


def test_a_gap_is_where_fewer_are_on_than_needed() -> None:
    day = date(2026, 11, 23)
    stretches = [
        Stretch(at(day, 0), at(day, 540), frozenset()),
        Stretch(at(day, 540), at(day, 720), frozenset({1})),
        Stretch(at(day, 720), at(day, 1440), frozenset({1, 2})),
    ]
    needed = [(at(day, 480), at(day, 1020), 2), (at(day, 600), at(day, 660), 1)]
    assert gaps(stretches, needed) == [
        Gap(at(day, 480), at(day, 540), 2),
        Gap(at(day, 540), at(day, 720), 1),
    ]
