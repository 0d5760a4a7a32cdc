"""Who is paged, by duty, and what happens when nobody acknowledges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.topics import move
from harken.domain.escalation import tasks
from harken.domain.escalation.models import Escalation, EscalationPath, Level
from harken.domain.escalation.queries import path_of, people_of, times_to_acknowledge
from harken.domain.escalation.services import acknowledge, escalate, paging
from harken.domain.escalation.services.paths import drop_path, set_path
from harken.domain.journal.rounds import seconds_to_next
from harken.domain.people.models import Role, User
from harken.domain.roster.models import Layer, Shift
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed
from tests.cast import Company, person
from tests.domain.escalation.test_escalate import paged

Receive = Callable[..., Conversation]


def over(escalation: Escalation) -> Escalation:
    """Let the time of the level paged last be over, and the clock look."""
    now = clock.now() - timedelta(milliseconds=1)
    Escalation.objects.filter(pk=escalation.pk).update(next_at=now)
    tasks.page_ripe()
    escalation.refresh_from_db()
    return escalation


def plan(who: User, company: Company, *, on: bool) -> None:
    """A roster of the service team that has this person on all day, or only on a day long ago."""
    layer, _ = Layer.objects.get_or_create(
        team=company.service, name="Desk", position=1, zone="UTC"
    )
    today = clock.now().date()
    Shift.objects.create(
        layer=layer,
        person=who,
        first_day=today if on else today - timedelta(days=90),
        start=0,
        end=1440,
    )


def test_silence_pages_the_manager_then_the_executive_and_then_the_executive_again(
    company: Company, receive: Receive
) -> None:
    raised = escalate(receive(), kind="threat", reason="Lawyer.", by=company.mika)
    for _ in range(3):
        over(raised)
    assert paged(raised) == [
        ("lead", ["Lena"]),
        ("manager", ["Maren"]),
        ("executive", ["Elif"]),
        ("executive", ["Elif"]),
    ]
    last = raised.steps.latest("number")
    assert raised.next_at == last.due_at == last.paged_at + timedelta(seconds=600)


def test_nothing_is_paged_before_its_moment_nor_after_the_acknowledgement(
    company: Company, receive: Receive
) -> None:
    raised = escalate(receive(), kind="threat", reason="Lawyer.", by=company.mika)
    assert tasks.page_ripe() == 0
    acknowledge(raised, by=company.lena)
    assert tasks.page_ripe() == 0
    assert seconds_to_next(tasks.NEXT) == float("inf")
    assert len(paged(raised)) == 1


def test_a_rostered_lead_who_is_off_is_not_paged(company: Company, receive: Receive) -> None:
    plan(company.lena, company, on=False)
    assert people_of(Level.LEAD, company.service) == []
    raised = escalate(receive(), kind="threat", reason="Lawyer.", by=company.mika)
    assert paged(raised) == [("lead", []), ("manager", ["Maren"])]


def test_the_lead_whose_shift_it_is_is_paged_and_the_other_lead_is_not(
    company: Company,
) -> None:
    off = person("Omar", Role.LEAD, company.service)
    plan(company.lena, company, on=True)
    plan(off, company, on=False)
    assert people_of(Level.LEAD, company.service) == [company.lena]


def test_without_any_executive_the_last_page_goes_to_the_managers(
    company: Company, receive: Receive
) -> None:
    User.objects.filter(role=Role.EXECUTIVE).update(is_active=False)
    raised = escalate(receive(), kind="threat", reason="Lawyer.", by=company.mika)
    over(raised)
    over(raised)
    assert paged(raised)[-1] == ("executive", ["Maren"])
    assert raised.next_at is not None


def test_nobody_at_all_is_recorded_and_tried_again(company: Company, receive: Receive) -> None:
    conversation = move(receive(), to=company.billing, by=company.maren)
    User.objects.filter(role__in=[Role.EXECUTIVE, Role.MANAGER]).update(is_active=False)
    raised = escalate(conversation, kind="threat", reason="Lawyer.", by=company.bea)
    assert paged(raised) == [("lead", []), ("manager", []), ("executive", [])]
    User.objects.filter(role=Role.EXECUTIVE).update(is_active=True)
    assert paged(over(raised))[-1] == ("executive", ["Elif"])


def test_a_team_has_its_own_seconds_and_the_others_those_for_the_rest(company: Company) -> None:
    def given(lead: int) -> dict[Level, int]:
        return {Level.LEAD: lead, Level.MANAGER: 60, Level.EXECUTIVE: 60}

    set_path(None, given(30), by=company.lena)
    set_path(None, given(45), by=company.lena)
    set_path(company.billing, given(90), by=company.maren)
    assert EscalationPath.objects.count() == 2
    assert path_of(company.service).seconds(Level.LEAD) == 45
    assert path_of(None).seconds(Level.LEAD) == 45
    assert path_of(company.billing).seconds(Level.LEAD) == 90
    drop_path(company.billing, by=company.maren)
    assert path_of(company.billing).seconds(Level.LEAD) == 45
    with pytest.raises(Invalid, match="Lead"):
        set_path(None, given(9), by=company.lena)
    with pytest.raises(NotAllowed):
        set_path(None, given(60), by=company.mika)


def test_one_that_cannot_be_paged_does_not_hold_up_the_others(
    company: Company, receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = escalate(receive(), kind="threat", reason="Lawyer.", by=company.mika)
    fine = escalate(receive(by="zora"), kind="threat", reason="Lawyer.", by=company.mika)

    def page_all(asked: list[tuple[Escalation, Level]], now: datetime) -> None:
        if broken in [each for each, _ in asked]:
            raise ValueError("broken on purpose")
        paging.page_all(asked, now)

    monkeypatch.setattr("harken.domain.escalation.tasks.page_all", page_all)
    ripe = clock.now() - timedelta(seconds=1)
    Escalation.objects.update(next_at=ripe)
    assert tasks.page_ripe() == 2
    assert (len(paged(broken)), len(paged(fine))) == (1, 2)
    monkeypatch.undo()
    assert len(paged(over(broken))) == 2


def test_the_time_to_acknowledge_is_told_for_each_level(company: Company, receive: Receive) -> None:
    since = clock.now() - timedelta(minutes=1)
    first = escalate(receive(), kind="threat", reason="Lawyer.", by=company.mika)
    second = escalate(receive(by="zora"), kind="threat", reason="Lawyer.", by=company.mika)
    acknowledge(first, by=company.lena)
    acknowledge(over(second), by=company.maren)
    lead, manager, executive = times_to_acknowledge(since, clock.now() + timedelta(minutes=1))
    assert (lead.level, lead.paged, lead.acknowledged) == ("lead", 2, 1)
    assert (manager.paged, manager.acknowledged, executive.paged) == (1, 1, 0)
    took = first.steps.get().paged_at
    first.refresh_from_db()
    assert lead.seconds is not None
    assert lead.seconds[0] == pytest.approx((first.acknowledgement.at - took).total_seconds())
    assert executive.seconds is None


def test_a_conversation_that_changes_its_team_asks_the_new_lead(
    company: Company, receive: Receive
) -> None:
    olga = person("Olga", Role.LEAD, company.billing)
    raised = escalate(receive(), kind="threat", reason="Lawyer.", by=company.mika)
    over_at_manager = escalate(receive(by="zora"), kind="threat", reason="Lawyer.", by=company.mika)
    over(over_at_manager)
    for each in (raised, over_at_manager):
        move(each.conversation, to=company.billing, by=company.maren)
    assert paged(raised) == [("lead", ["Lena"]), ("lead", ["Olga"])]
    assert paged(over_at_manager) == [("lead", ["Lena"]), ("manager", ["Maren"])]
    acknowledge(raised, by=olga)
    with pytest.raises(NotAllowed):
        acknowledge(over_at_manager, by=company.lena)


def test_a_lead_who_escalates_is_not_paged_for_it(company: Company, receive: Receive) -> None:
    raised = escalate(receive(), kind="decision", reason="Beyond me.", by=company.lena)
    assert paged(raised) == [("lead", []), ("manager", ["Maren"])]
    with pytest.raises(NotAllowed):
        acknowledge(raised, by=company.lena)
