"""What people write and the moment they mean."""

from __future__ import annotations

import random
import string
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from harken.kit.moment_words import MONTHS, NUMBERS, PHRASES, UNITS, WEEKDAYS
from harken.kit.moments import FURTHEST, NotUnderstood, read_moment

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 18, 10, 30, tzinfo=AMSTERDAM)
LINES = (Path(__file__).parent / "cases.txt").read_text().splitlines()
CASES = [line.split("=>") for line in LINES if "=>" in line and not line.startswith("#")]


class Office:
    """Monday to Friday, 9:00 to 17:00, counted minute by minute."""

    def __init__(self, zone: ZoneInfo = AMSTERDAM) -> None:
        self.zone = zone

    def after(self, start: datetime, seconds: float) -> datetime:
        moment, left = start.astimezone(UTC), int(seconds // 60)
        while left:
            local = moment.astimezone(self.zone)
            left -= local.weekday() < 5 and 9 <= local.hour < 17
            moment += timedelta(minutes=1)
        return moment

    def opening(self, after: date) -> datetime:
        day = after + timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
        return datetime(day.year, day.month, day.day, 9, tzinfo=self.zone)


def meant(text: str, now: datetime = NOW, zone: ZoneInfo = AMSTERDAM) -> str:
    try:
        moment = read_moment(text, now=now, zone=zone, work=Office(zone))
    except NotUnderstood:
        return ""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def test_what_people_write_is_what_they_mean():
    wrong = {t.strip(): (meant(t), e.strip()) for t, e in CASES if meant(t) != e.strip()}
    assert len(CASES) >= 300
    assert not wrong


def test_nothing_is_over_and_nothing_is_further_than_a_year():
    dice = random.Random(5)
    known = [*PHRASES, *UNITS, *NUMBERS, *WEEKDAYS, *MONTHS, "9:30", "14h", "3", "1.12.", "2027"]
    understood = 0
    for _ in range(20_000):
        now = NOW + timedelta(minutes=dice.randint(0, 366 * 1440))
        text = " ".join(dice.choice(known) for _ in range(dice.randint(1, 4)))
        try:
            moment = read_moment(text, now=now, zone=AMSTERDAM, work=Office())
        except NotUnderstood:
            continue
        understood += 1
        assert now < moment <= now + FURTHEST, text
    assert understood > 2_000


def test_anything_at_all_is_read_quickly_or_refused_kindly():
    dice = random.Random(6)
    letters = string.printable + "éñßüàجд日\u200b٣²"
    longest = 0.0
    for _ in range(5_000):
        text = "".join(dice.choice(letters) for _ in range(dice.randint(0, 70)))
        began = time.process_time()
        meant(text)
        longest = max(longest, time.process_time() - began)
    assert longest < 0.02
    with pytest.raises(NotUnderstood, match="too long"):
        read_moment("tomorrow " * 8, now=NOW, zone=AMSTERDAM, work=Office())


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2027-03-27 10:00", "tomorrow 2:30", "2027-03-28 03:30"),  # 2:30 does not exist there
        ("2027-03-27 20:00", "12 hours", "2027-03-28 09:00"),  # twelve hours that went by
        ("2027-03-27 20:00", "1 day", "2027-03-28 20:00"),  # the same time of day
        ("2026-10-24 10:00", "tomorrow 9:00", "2026-10-25 09:00"),
        ("2026-10-24 20:00", "12 hours", "2026-10-25 07:00"),
        ("2026-12-31 23:30", "tomorrow", "2027-01-01 08:00"),
        ("2028-01-31 09:00", "in a month", "2028-02-29 09:00"),
    ],
)
def test_changes_of_clocks_and_calendars_are_kept(now, text, expected):
    local = datetime.fromisoformat(now).replace(tzinfo=AMSTERDAM)
    assert meant(text, local) == expected


def test_the_writer_s_zone_counts():
    zone = ZoneInfo("Pacific/Auckland")  # already the 18th, 22:30
    assert meant("tomorrow 9:00", NOW, zone) == "2026-11-19 09:00"
    assert meant("tonight", NOW, zone) == ""


def test_a_day_that_is_not_over_yet_is_today():
    monday = datetime(2026, 11, 23, 7, 0, tzinfo=AMSTERDAM)
    assert meant("monday", monday) == "2026-11-23 08:00"
    assert meant("weekend", datetime(2026, 11, 21, 11, tzinfo=AMSTERDAM)) == "2026-11-28 10:00"
