"""What is usual stands on the company's wall clock, also after the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from harken.domain.listening.models_storms import MonitorWatch
from harken.domain.listening.trends.baseline import Baseline
from harken.domain.sla.services.hours import Opening, add_hours
from tests.domain.listening.talk import all_is_heard, usual, watch_all

BERLIN, SYDNEY, UTC_ZONE = (ZoneInfo(key) for key in ("Europe/Berlin", "Australia/Sydney", "UTC"))
HOUR, STEP = timedelta(hours=1), timedelta(minutes=5)
SPRING = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 02:00 becomes 03:00 in Berlin
AUTUMN = datetime(2026, 10, 25, 1, tzinfo=UTC)  # 03:00 becomes 02:00


def an_hour(moment: datetime) -> float:
    """Busy from nine to five on working days where the customers live."""
    local = moment.astimezone(BERLIN)
    return 60.0 if local.weekday() < 5 and 9 <= local.hour < 17 else 6.0


def learnt(until: datetime, zone: ZoneInfo, days: int = 28) -> Baseline:
    baseline = Baseline(zone=zone)
    for step in range(days * 288):
        at = until - timedelta(days=days) + step * STEP
        baseline.learn(at, STEP, an_hour(at) / 12)
    return baseline


def zone_learnt() -> str:
    state = MonitorWatch.objects.get().state
    assert state
    return str(state["baseline"]["zone"])


def local(day: datetime, hour: int) -> datetime:
    """The middle of an hour of that day in Berlin."""
    return day.astimezone(BERLIN).replace(hour=hour, minute=30).astimezone(UTC)


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_the_first_hour_of_work_is_known_on_the_day_after_the_clocks_change(change) -> None:
    monday = change + timedelta(days=1)
    baseline = learnt(change, BERLIN)
    first, before = local(monday, 9), local(monday, 8)
    assert baseline.expected(first, HOUR).mean > 40
    assert baseline.expected(before, HOUR).mean < 20
    last, after = local(monday, 16), local(monday, 17)
    assert baseline.expected(last, HOUR).mean > 40
    assert baseline.expected(after, HOUR).mean < 20


def test_hours_of_another_clock_would_be_an_hour_off() -> None:
    spring, autumn = (learnt(change, UTC_ZONE) for change in (SPRING, AUTUMN))
    assert spring.expected(local(SPRING + timedelta(days=1), 9), HOUR).mean < 20
    assert autumn.expected(local(AUTUMN + timedelta(days=1), 8), HOUR).mean > 40


def test_the_hour_that_comes_twice_is_learnt_and_the_skipped_one_is_not() -> None:
    for change, hours in ((SPRING, 0), (AUTUMN, 2)):
        baseline = Baseline(zone=BERLIN)
        for step in range(-24 * 12, 24 * 12):
            baseline.learn(change + step * STEP, STEP, 1)
        at_two = baseline.weeks[6 * 24 + 2]  # Sunday
        assert at_two.hours == pytest.approx(hours, rel=0.2)
        assert baseline.expected(change, HOUR).mean == pytest.approx(12, rel=0.2)


def test_a_baseline_that_moves_to_another_clock_knows_the_same_moments() -> None:
    until = datetime(2026, 6, 15, tzinfo=UTC)
    moved, stayed = learnt(until, UTC_ZONE), learnt(until, UTC_ZONE)
    for zone in (BERLIN, SYDNEY, UTC_ZONE):
        moved.move_to(zone, until)
        for hour in range(168):
            at = until + hour * HOUR
            assert moved.expected(at, HOUR).mean == pytest.approx(stayed.expected(at, HOUR).mean)


@pytest.mark.django_db(transaction=True)
def test_a_watch_takes_the_zone_of_the_house_s_business_hours(company, monitor) -> None:
    usual(monitor("meridian", "Us"), 2, 10)
    all_is_heard()
    watch_all()
    assert zone_learnt() == "UTC"
    week = [[(540, 1080)]] * 5 + [[], []]
    add_hours(Opening(name="Desk", zone="Europe/Berlin", week=week), by=company.lena)
    MonitorWatch.objects.update(read_to=MonitorWatch.objects.get().read_to - 2 * HOUR)
    MonitorWatch.objects.update(next_at=MonitorWatch.objects.get().read_to)
    watch_all()
    assert zone_learnt() == "Europe/Berlin"
