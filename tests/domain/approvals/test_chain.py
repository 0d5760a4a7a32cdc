"""Who is asked, and who next when they say nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harken.domain.approvals import tasks
from harken.domain.approvals.models import Approval
from harken.domain.approvals.services import chain
from harken.domain.approvals.services.decide import approve
from harken.domain.approvals.services.rules import Terms, save_rule
from harken.domain.conversations.services.topics import move
from harken.domain.journal.rounds import seconds_to_next
from harken.domain.notifications.models import Notification
from harken.domain.people.models import Role, User
from harken.domain.roster.models import Absence, Layer, Shift
from harken.kit import clock
from tests.cast import person
from tests.domain.replies.conftest import told

pytestmark = pytest.mark.django_db


def asked(approval: Approval) -> list[tuple[str, bool]]:
    return [
        (str(step.person or "nobody"), step.was_asked)
        for step in approval.steps.select_related("person")
    ]


def over(approval: Approval) -> Approval:
    """Let the time of whoever was asked last be over, and the clock look."""
    Approval.objects.filter(pk=approval.pk).update(next_at=clock.now() - timedelta(seconds=1))
    tasks.ask_ripe()
    approval.refresh_from_db()
    return approval


def away(user: User) -> None:
    now = clock.now()
    Absence.objects.create(
        person=user,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=1),
        made_by=user,
    )


def test_the_first_one_is_asked_and_told_at_once(company, ask):
    approval = ask()
    assert asked(approval) == [("Lena", True)]
    assert approval.next_at == approval.steps.get().at + timedelta(seconds=120)
    (row,) = Notification.objects.filter(kind="approval")
    assert (row.person, row.url) == (company.lena, f"/desk/approvals/{approval.pk}/")


def test_who_says_nothing_is_followed_by_the_next_and_then_by_everybody_who_may(company, ask):
    olga = person("Olga", Role.LEAD, company.service)
    approval = over(ask())
    assert asked(approval) == [("Lena", True), ("Maren", True)]
    assert over(approval).next_at is None
    assert asked(approval)[2:] == [("Olga", True)]
    assert tasks.ask_ripe() == 0
    assert seconds_to_next(tasks.NEXT) == float("inf")
    assert approve(approval, by=olga)


def test_nothing_is_asked_before_its_moment_nor_after_the_decision(company, ask):
    approval = ask()
    assert tasks.ask_ripe() == 0
    approve(approval, by=company.lena)
    assert tasks.ask_ripe() == 0
    assert asked(approval) == [("Lena", True)]


def test_who_is_away_is_passed_over_at_once(company, ask):
    away(company.lena)
    assert asked(ask()) == [("Lena", False), ("Maren", True)]


def test_who_is_not_in_their_shift_is_passed_over_at_once(company, ask):
    layer = Layer.objects.create(team=company.service, name="Desk", position=1, zone="UTC")
    long_ago = clock.now().date() - timedelta(days=90)
    Shift.objects.create(layer=layer, person=company.lena, first_day=long_ago, start=0, end=1440)
    assert asked(ask()) == [("Lena", False), ("Maren", True)]


def test_when_nobody_is_there_all_are_asked_all_the_same(company, ask):
    away(company.lena)
    away(company.maren)
    approval = ask()
    assert asked(approval)[2:] == [("Lena", True), ("Maren", True)]
    assert approval.next_at is None


def test_with_nobody_at_all_the_clock_tries_again(company, ask):
    User.objects.filter(role__in=[Role.LEAD, Role.MANAGER]).update(is_active=False)
    approval = ask()
    assert not any(was_asked for _, was_asked in asked(approval))
    assert approval.next_at is not None
    User.objects.filter(pk=company.maren.pk).update(is_active=True)
    assert over(approval).next_at is None
    assert asked(approval)[-1] == ("Maren", True)


def test_nobody_is_asked_about_what_they_may_not_see(company, ask, trainees, receive):
    save_rule(
        trainees,
        Terms(name="T", trainee=True, approvers=(company.bea, company.ben)),
        by=company.lena,
    )
    assert asked(ask(conversation=receive())) == [("Ben", True)]


def test_the_lead_on_duty_is_the_one_of_the_team_the_conversation_is_in_then(
    company, ask, trainees, receive
):
    olga = person("Olga", Role.LEAD, company.billing)
    away(company.lena)
    save_rule(trainees, Terms(name="T", trainee=True, approvers=(None,)), by=company.maren)
    conversation = receive()
    company.billing.members.add(company.mika)
    moved = move(conversation, to=company.billing, by=company.maren)
    assert asked(ask(conversation=moved)) == [("Olga", True)]
    assert olga.pk


def test_one_that_cannot_be_asked_does_not_hold_up_the_others(company, ask, receive, monkeypatch):
    broken, fine = ask(), ask(conversation=receive(by="zora"))

    def ask_next(approval, now):
        if approval.pk == broken.pk:
            raise ValueError("broken on purpose")
        chain.ask_next(approval, now)

    monkeypatch.setattr("harken.domain.approvals.tasks.ask_next", ask_next)
    Approval.objects.update(next_at=clock.now() - timedelta(seconds=1))
    assert tasks.ask_ripe() == 2
    assert (len(asked(broken)), len(asked(fine))) == (1, 2)
    monkeypatch.undo()
    assert len(asked(over(broken))) == 2


def test_a_clock_that_runs_twice_asks_once(company, ask):
    approval = over(ask())
    tasks.ask_ripe()
    assert asked(approval) == [("Lena", True), ("Maren", True)]
    assert told("ApprovalAsked") == 2
