"""Telling people: who is told, by which ways, and who never is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from harken.domain.journal.models import Event
from harken.domain.notifications.kinds import KINDS, Way
from harken.domain.notifications.models import (
    Delivery,
    Notification,
    Pager,
    Preference,
    PushSubscription,
    QuietHours,
)
from harken.domain.notifications.queries import of_person, unread_count
from harken.domain.notifications.services import notify
from harken.domain.notifications.services.read import mark_all_read, mark_read
from harken.domain.people.models import User

pytestmark = pytest.mark.django_db


def browser(person: User, name: str = "firefox") -> PushSubscription:
    return PushSubscription.objects.create(
        person=person, endpoint=f"https://push.example/{name}", p256dh="x", auth="y"
    )


def pager(person: User) -> Pager:
    return Pager.objects.create(person=person, name="phone", service="JSON", address="json://x")


def ways(of: Notification) -> list[str]:
    return sorted(of.deliveries.values_list("way", flat=True))


def test_each_person_is_told_once(company) -> None:
    made = notify("assigned", to=[company.ben, company.mika, company.ben], text="This is yours")
    assert sorted(row.person.username for row in made) == ["ben", "mika"]
    assert unread_count(company.ben).alone() == 1


def test_nobody_is_told_of_their_own_act(company) -> None:
    made = notify("mention", to=[company.ben, company.mika], text="@all look", by=company.ben)
    assert [row.person for row in made] == [company.mika]


def test_who_may_not_see_the_conversation_is_not_told(company, receive) -> None:
    theirs = receive()
    made = notify("rule", to=[company.bea, company.mika], text="A rule ran", conversation=theirs)
    assert [row.person for row in made] == [company.mika]
    assert unread_count(company.bea).alone() == 0


def test_who_lost_sight_of_a_conversation_sees_no_word_of_it(company, receive) -> None:
    found = receive()
    notify("rule", to=[company.mika, company.maren], text="A rule ran", conversation=found)
    found.team = company.billing
    found.save()
    assert not of_person(company.mika).exists()
    assert unread_count(company.mika).alone() == 0
    assert unread_count(company.maren).alone() == 1


def test_people_who_left_are_not_told(company) -> None:
    company.ben.is_active = False
    assert notify("rule", to=[company.ben], text="A rule ran") == []


def test_a_kind_nobody_knows_is_refused(company) -> None:
    with pytest.raises(KeyError):
        notify("gossip", to=[company.ben], text="Have you heard")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_outside_the_transaction_of_the_change(company) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        notify("rule", to=[company.ben], text="A rule ran")
    assert not Notification.objects.exists()


def test_the_defaults_of_a_kind_decide_until_a_person_does(company, settings) -> None:
    settings.MAIL_IS_SET_UP = True
    browser(company.ben)
    pager(company.ben)
    first = notify("escalation", to=[company.ben], text="Look at this")[0]
    assert ways(first) == ["email", "pager", "push"]
    Preference.objects.create(person=company.ben, kind="escalation", way=Way.EMAIL, on=False)
    Preference.objects.create(person=company.ben, kind="rule", way=Way.PAGER, on=True)
    second = notify("escalation", to=[company.ben], text="Look at this")[0]
    assert ways(second) == ["pager", "push"]
    assert ways(notify("rule", to=[company.ben], text="A rule ran")[0]) == ["pager"]


def test_every_browser_and_pager_gets_its_own_delivery(company) -> None:
    browser(company.ben, "laptop")
    browser(company.ben, "phone")
    pager(company.ben)
    told = notify("on_call", to=[company.ben], text="You are called in")[0]
    assert ways(told) == ["pager", "push", "push"]


def test_no_mail_is_planned_without_a_mail_server(company, settings) -> None:
    settings.MAIL_IS_SET_UP = False
    assert ways(notify("on_call", to=[company.ben], text="You are called in")[0]) == []


def test_without_the_desk_way_the_bell_is_silent_and_the_list_complete(company) -> None:
    Preference.objects.create(person=company.ben, kind="rule", way=Way.DESK, on=False)
    notify("rule", to=[company.ben], text="A rule ran")
    assert unread_count(company.ben).alone() == 0
    assert of_person(company.ben).count() == 1
    assert not Event.objects.filter(kind="NotificationMade").exists()


def test_the_journal_names_the_person_and_no_words(company) -> None:
    notify("rule", to=[company.ben], text="A rule ran")
    event = Event.objects.get(kind="NotificationMade")
    assert event.data["only_for"] == company.ben.pk
    assert "rule" not in str(event.data)
    assert event.conversation_id is None


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-06-10T20:30:00", "2026-06-11T05:00:00"),  # 22:30 in Amsterdam, till 7:00
        ("2026-06-10T02:00:00", "2026-06-10T05:00:00"),
        ("2026-06-10T12:00:00", None),
        ("2026-10-24T21:00:00", "2026-10-25T06:00:00"),  # the night the clocks go back
    ],
)
def test_quiet_hours_hold_back_until_their_local_end(company, moment, until) -> None:
    browser(company.ben)
    QuietHours.objects.create(
        person=company.ben, zone="Europe/Amsterdam", starts=22 * 60, ends=7 * 60
    )
    with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False):
        notify("mention", to=[company.ben], text="Look")
    found = Delivery.objects.get()
    assert found.held is (until is not None)
    if until:
        assert found.next_at == datetime.fromisoformat(until).replace(tzinfo=UTC)


def test_what_is_urgent_passes_quiet_hours(company) -> None:
    browser(company.ben)
    QuietHours.objects.create(person=company.ben, zone="UTC", starts=0, ends=1439)
    notify("on_call", to=[company.ben], text="You are called in", urgent=True)
    assert not Delivery.objects.get().held


def test_reading_is_told_to_that_person_alone(company) -> None:
    one, two = (notify("rule", to=[company.ben], text="A rule ran")[0] for _ in range(2))
    assert mark_read(one, by=company.mika).read_at is None
    assert mark_read(one, by=company.ben).read_at is not None
    assert mark_all_read(by=company.ben) == 1
    assert two.pk in of_person(company.ben).values_list("pk", flat=True)
    told = Event.objects.filter(kind="NotificationsRead").values_list("data", flat=True)
    assert [data["only_for"] for data in told] == [company.ben.pk] * 2


def test_a_crowd_costs_no_more_statements_than_one(company) -> None:
    everybody = [company.ben, company.mika, company.lena, company.maren, company.vic]
    with CaptureQueriesContext(
        connection,
    ) as one:
        notify("rule", to=everybody[:1], text="A rule ran")
    with CaptureQueriesContext(connection) as five:
        notify("rule", to=everybody, text="A rule ran")
    assert len(five) == len(one)


def test_every_kind_has_a_sentence_and_rings_on_the_desk() -> None:
    for key, kind in KINDS.items():
        assert kind.key == key
        assert Way.DESK in kind.ways
        assert kind.label[0].isupper()
