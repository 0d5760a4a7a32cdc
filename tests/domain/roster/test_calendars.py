"""Calendars, read back as other programs read them, against our own plan."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events

from harken.domain.people.models import User
from harken.domain.roster.calendars import calendar_of
from harken.domain.roster.models import Absence, Layer, LayerKind, Shift, Swap, SwapState
from harken.domain.roster.queries import feed_behind, plan_of
from harken.domain.roster.services.feeds import renew_feed
from harken.kit.refusals import NotAllowed
from tests.cast import Company

DAY = timedelta(days=1)
# A zone and a day after which its clocks change.
CHANGES = (
    ("Europe/Amsterdam", date(2026, 10, 24)),
    ("America/New_York", date(2026, 10, 31)),
    ("Australia/Lord_Howe", date(2026, 4, 4)),
    ("America/St_Johns", date(2026, 3, 7)),
    ("Africa/Casablanca", date(2026, 2, 14)),
    ("Pacific/Chatham", date(2026, 9, 26)),
)
SEED = 20261025


def read_back(calendar: bytes, middle: datetime) -> list[tuple[datetime, datetime, str]]:
    """What another program finds in it around a day."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(calendar))
    events = found.between(middle - 5 * DAY, middle + 5 * DAY)
    return sorted(
        (event.start.astimezone(UTC), event.end.astimezone(UTC), str(event["summary"]))
        for event in events
    )


def random_roster(dice: random.Random, company: Company, zone: str, day: date) -> None:
    people = [company.mika, company.ben, company.lena]
    for position, kind in enumerate((LayerKind.DUTY, LayerKind.DUTY, LayerKind.ON_CALL)):
        layer = Layer.objects.create(
            team=company.service, name="Desk", kind=kind, position=position, zone=zone
        )
        for _ in range(dice.randint(1, 3)):
            start = dice.choice([0, 90, 120, 150, 180, dice.randrange(1440)])
            shift = Shift.objects.create(
                layer=layer,
                person=dice.choice(people),
                first_day=day - dice.randint(0, 10) * DAY,
                weekdays=sorted(dice.sample(range(7), dice.randint(0, 7))),
                start=start,
                end=start + dice.choice([30, 60, 480, 1440]),
            )
            if dice.random() < 0.4:
                _swap(shift, day, dice.choice(people))
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    starts = begin + timedelta(minutes=dice.randint(-2000, 2000))
    Absence.objects.create(
        person=dice.choice(people),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=dice.randint(1, 3000)),
        made_by=company.lena,
    )


def _swap(shift: Shift, day: date, to: User) -> None:
    Swap.objects.create(
        shift=shift, day=day, asked_by=shift.person, to=to, state=SwapState.ACCEPTED
    )


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_what_other_programs_read_is_our_plan(company: Company, zone: str, day: date) -> None:
    dice = random.Random(f"{SEED} {zone}")
    feed = renew_feed(company.service, by=company.lena)
    middle = datetime(day.year, day.month, day.day, tzinfo=UTC)
    seen = 0
    for _ in range(4):
        Layer.objects.all().delete()
        Absence.objects.all().delete()
        random_roster(dice, company, zone, day)
        plan = plan_of(company.service, middle - 5 * DAY, middle + 5 * DAY)
        names = {user.pk: str(user) for user in User.objects.all()}
        what = {LayerKind.DUTY: "On duty", LayerKind.ON_CALL: "On call"}
        expected = sorted(
            (
                slot.starts,
                slot.ends,
                f"{what[LayerKind(slot.kind)]}: {names[slot.person]} · Service",
            )
            for slot in plan.slots
        )
        assert read_back(calendar_of(feed, middle), middle) == expected
        seen += len(expected)
    assert seen > 20


def test_an_own_calendar_holds_one_s_own_shifts_only(company: Company, service: Layer) -> None:
    day = date(2026, 11, 23)
    for person in (company.mika, company.ben):
        Shift.objects.create(layer=service, person=person, first_day=day, start=540, end=1020)
    feed = renew_feed(None, by=company.mika)
    middle = datetime(2026, 11, 23, tzinfo=UTC)
    (event,) = read_back(calendar_of(feed, middle), middle)
    assert event[2] == "On duty: Mika · Service"


def test_a_renewed_address_is_another_and_the_old_one_leads_nowhere(company: Company) -> None:
    old = renew_feed(company.service, by=company.mika).token
    new = renew_feed(company.service, by=company.mika).token
    assert len(new) > 40
    assert feed_behind(old) is None
    assert feed_behind(new) is not None


def test_who_leaves_the_team_or_the_company_loses_their_calendars(company: Company) -> None:
    team = renew_feed(company.service, by=company.mika).token
    own = renew_feed(None, by=company.mika).token
    company.mika.teams.remove(company.service)
    assert feed_behind(team) is None
    assert feed_behind(own) is not None
    company.mika.is_active = False
    company.mika.save()
    assert feed_behind(own) is None


def test_another_team_s_calendar_is_not_given_out(company: Company) -> None:
    with pytest.raises(NotAllowed):
        renew_feed(company.billing, by=company.mika)
