"""What people do with a roster: plan, swap, stay away, hand over, say how many are needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harken.domain.notifications.models import Notification
from harken.domain.roster.models import Absence, Cover, HandoverNote, Layer, Shift, Swap, ToldGap
from harken.domain.roster.queries import gaps_of, notes_for, on_duty, plan_of
from harken.domain.roster.services.absence import add_absence, end_absence
from harken.domain.roster.services.cover import add_cover
from harken.domain.roster.services.handover import read_handover, write_handover
from harken.domain.roster.services.layers import LayerTerms, add_layer, raise_layer, retire_layer
from harken.domain.roster.services.shifts import (
    ShiftTerms,
    add_shift,
    change_shift,
    remove_shift,
)
from harken.domain.roster.services.swaps import (
    Settled,
    accept_swap,
    ask_swap,
    decline_swap,
    set_stand_in,
)
from harken.domain.roster.tasks import act
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed
from tests.cast import Company
from tests.domain.roster.conftest import HOUR, due, plan

DAY = timedelta(days=1)


def desk(company: Company) -> Layer:
    return add_layer(company.service, LayerTerms(name="Desk", zone="UTC"), by=company.lena)


def every_day(company: Company, layer: Layer) -> Shift:
    terms = ShiftTerms(
        person=company.mika,
        first_day=clock.now().date() - 7 * DAY,
        start=540,
        end=1020,
        weekdays=range(7),
    )
    return add_shift(layer, terms, by=company.lena)


def days_of(company: Company) -> list[tuple[int, str]]:
    """Day from today and person of every slot of the three days around today."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    slots = plan_of(company.service, today - DAY, today + 2 * DAY).slots
    people = {company.mika.pk: "Mika", company.ben.pk: "Ben"}
    return [((slot.day - today.date()).days, people[slot.person]) for slot in slots]


def test_agents_and_other_teams_leads_do_not_plan(company: Company) -> None:
    with pytest.raises(NotAllowed):
        add_layer(company.service, LayerTerms(name="Desk", zone="UTC"), by=company.mika)
    with pytest.raises(NotAllowed):
        add_layer(company.billing, LayerTerms(name="Desk", zone="UTC"), by=company.lena)
    add_layer(company.billing, LayerTerms(name="Desk", zone="UTC"), by=company.maren)


def test_only_who_can_answer_for_the_team_is_planned_in(company: Company) -> None:
    layer = desk(company)
    for person in (company.bea, company.vic):
        terms = ShiftTerms(person=person, first_day=clock.now().date(), start=0, end=60)
        with pytest.raises(Invalid):
            add_shift(layer, terms, by=company.lena)


def test_a_changed_shift_leaves_the_days_before_as_they_were(company: Company) -> None:
    shift = every_day(company, desk(company))
    today = clock.now().date()
    ben = ShiftTerms(person=company.ben, first_day=today, start=540, end=1020, weekdays=range(7))
    change_shift(shift, ben, since=today, by=company.lena)
    assert days_of(company) == [(-1, "Mika"), (0, "Ben"), (1, "Ben")]


def test_one_day_or_all_that_follow_are_taken_out(company: Company) -> None:
    shift = every_day(company, desk(company))
    today = clock.now().date()
    remove_shift(shift, day=today, only=True, by=company.lena)
    assert days_of(company) == [(-1, "Mika"), (1, "Mika")]
    remove_shift(shift, day=today, only=False, by=company.lena)
    assert days_of(company) == [(-1, "Mika")]


def test_a_layer_put_earlier_decides_and_one_taken_out_does_not_count(company: Company) -> None:
    first, second = desk(company), desk(company)
    plan(first, company.mika, -HOUR, HOUR)
    plan(second, company.ben, -HOUR, HOUR)
    assert on_duty(company.service) == [company.mika]
    raise_layer(second, by=company.lena)
    assert on_duty(company.service) == [company.ben]
    retire_layer(second, by=company.lena)
    assert on_duty(company.service) == [company.mika]


def test_a_swap_counts_once_a_colleague_accepts(company: Company) -> None:
    shift = every_day(company, desk(company))
    swap = ask_swap(shift, clock.now().date(), to=company.ben, by=company.mika)
    assert (0, "Mika") in days_of(company)
    told = Notification.objects.get(person=company.ben)
    assert told.kind == "handover"
    with pytest.raises(NotAllowed):
        accept_swap(swap, by=company.lena)
    accept_swap(swap, by=company.ben)
    assert days_of(company) == [(-1, "Mika"), (0, "Ben"), (1, "Mika")]


def test_a_swap_is_answered_once(company: Company) -> None:
    shift = every_day(company, desk(company))
    swap = ask_swap(shift, clock.now().date(), to=None, by=company.mika)
    accept_swap(swap, by=company.ben)
    with pytest.raises(Settled):
        accept_swap(swap, by=company.lena)
    with pytest.raises(Settled):
        decline_swap(swap, by=company.mika)


def test_nobody_gives_away_a_colleague_s_shift_but_a_lead(company: Company) -> None:
    shift = every_day(company, desk(company))
    today = clock.now().date()
    with pytest.raises(NotAllowed):
        ask_swap(shift, today, to=company.lena, by=company.ben)
    set_stand_in(shift, today, to=company.ben, by=company.lena)
    assert (0, "Ben") in days_of(company)
    assert Swap.objects.get().answered_by == company.lena


def test_absence_is_said_by_oneself_or_one_s_lead(company: Company) -> None:
    now = clock.now()
    with pytest.raises(NotAllowed):
        add_absence(company.mika, now, now + DAY, reason="sick", by=company.ben)
    with pytest.raises(NotAllowed):
        add_absence(company.bea, now, now + DAY, reason="sick", by=company.lena)
    ahead = add_absence(company.mika, now + HOUR, now + DAY, reason="holiday", by=company.mika)
    end_absence(ahead, by=company.lena)
    assert not Absence.objects.exists()
    begun = add_absence(company.mika, now - HOUR, now + DAY, reason="sick", by=company.lena)
    end_absence(begun, by=company.mika)
    assert Absence.objects.get().ends_at <= clock.now()


def test_a_handover_note_stands_before_who_is_on_until_they_have_read_it(
    company: Company, service: Layer
) -> None:
    plan(service, company.ben, -HOUR, HOUR)
    act()
    note = write_handover(company.service, "Two parcels are late.", by=company.mika)
    assert list(notes_for(company.ben)) == [note]
    assert list(notes_for(company.mika)) == []
    assert list(notes_for(company.lena)) == []
    read_handover(note, by=company.ben)
    read_handover(note, by=company.ben)
    assert list(notes_for(company.ben)) == []
    assert HandoverNote.objects.get().readers == [company.ben.pk]


def test_a_gap_is_shown_and_the_leads_are_told_a_day_before_once(
    company: Company, service: Layer
) -> None:
    plan(service, company.mika, -HOUR, 20 * HOUR)
    plan(service, company.ben, 21 * HOUR, 40 * HOUR)
    add_cover(company.service, 1, hours=None, by=company.lena)
    now = clock.now()
    first, later = gaps_of(company.service, now, now + 14 * DAY)
    assert (first.ends - first.starts, first.missing) == (HOUR, 1)
    assert later.starts > now + 39 * HOUR
    for _ in range(2):
        due(company.service)
        act()
    told = Notification.objects.filter(kind="coverage_gap")
    assert [row.person for row in told] == [company.lena]
    assert ToldGap.objects.get().starts_at == first.starts


def test_standing_in_closes_a_gap_and_absence_opens_one(company: Company, service: Layer) -> None:
    shift = plan(service, company.mika, -HOUR, 5 * HOUR)
    Cover.objects.create(team=company.service, people=1)
    now = clock.now()
    span = (now, now + 4 * HOUR)
    assert gaps_of(company.service, *span) == []
    add_absence(company.mika, now + HOUR, now + 2 * HOUR, reason="training", by=company.mika)
    (gap,) = gaps_of(company.service, *span)
    assert gap.starts == now + HOUR
    set_stand_in(shift, shift.first_day, to=company.ben, by=company.lena)
    assert gaps_of(company.service, *span) == []
