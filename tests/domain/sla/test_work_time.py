"""Business hours behind the words of a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from harken.domain.sla.models import AppliedSLA, BusinessHours, HoursVersion
from harken.domain.sla.work_time import house_zone, work_time_of
from harken.kit.moments import read_moment

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=BERLIN)


def hours(company, name: str, opens: int, **more) -> HoursVersion:
    week = [[[opens * 60, (opens + 8) * 60]] for _ in range(5)] + [[], []]
    made = BusinessHours.objects.create(name=name)
    return HoursVersion.objects.create(
        hours=made, number=1, zone="Europe/Berlin", week=week, made_by=company.maren, **more
    )


def read(conversation, text: str) -> str:
    work = work_time_of(conversation, BERLIN)
    moment = read_moment(text, now=FRIDAY, zone=BERLIN, work=work)
    return f"{moment.astimezone(BERLIN):%a %H:%M}"


def test_without_hours_people_work_on_weekdays_from_nine_to_five(company, receive):
    found = receive()
    assert house_zone() is None
    assert read(found, "next business day") == "Mon 09:00"
    assert read(found, "3 business hours") == "Mon 10:00"


def test_the_house_s_hours_count_and_their_holidays_too(company, receive):
    monday = FRIDAY.date() + timedelta(days=3)
    hours(company, "Desk", 7, days_off=[monday])
    assert house_zone() == BERLIN
    assert read(receive(), "next business day") == "Tue 07:00"


def test_the_hours_of_the_promise_win(company, receive):
    hours(company, "Desk", 7)
    late = hours(company, "Late shift", 12)
    found = receive()
    AppliedSLA.objects.filter(conversation=found).update(hours=late)
    assert read(found, "next business day") == "Mon 12:00"
    assert read(found, "in 2 business hours") == "Fri 17:00"
    assert work_time_of(found, UTC).after(FRIDAY, 0) == FRIDAY
