"""Calls that customers want: a promise, a reminder, and counted when broken."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.timezone import override

from harken.domain.conversations.services.assign import assign
from harken.domain.handover.call_times import call_times, promise
from harken.domain.handover.models import CallBack, ContactDetails, HandOver
from harken.domain.handover.queries import kept_and_broken, open_calls, open_calls_count
from harken.domain.handover.services.end import end, finish_call
from harken.domain.handover.services.talk import ask_for_call, leave_details
from harken.domain.handover.tasks import look
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from harken.domain.sla.models import BusinessHours
from harken.domain.sla.services.hours import Opening, add_hours, change_hours
from harken.kit import clock
from harken.kit.refusals import Invalid
from tests.cast import Company
from tests.domain.handover.conftest import Offered

pytestmark = pytest.mark.django_db
Offer = Callable[..., Offered]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def asked(offered: Offered, wanted_at: datetime | None = None) -> CallBack:
    return ask_for_call(
        offered.hand_over,
        phone="+31 20 794 0815",
        wanted_at=wanted_at,
        about="the refund",
        client_key=uuid.uuid4(),
    )


def told(text: str) -> list[str]:
    found = Notification.objects.filter(kind="call_back", text=text)
    return list(found.values_list("person__username", flat=True))


def test_a_call_as_soon_as_possible_is_promised_within_the_hour(offer: Offer) -> None:
    call = asked(offer().opened_by(Client()))
    assert call.promised_at - call.asked_at == timedelta(hours=1)
    assert call.hand_over.conversation.messages.order_by("-pk")[0].body.startswith("Please call me")


def test_a_call_at_a_moment_is_promised_a_quarter_of_an_hour_after_it(offer: Offer) -> None:
    moment = clock.now() + timedelta(hours=5)
    call = asked(offer().opened_by(Client()), moment)
    assert call.promised_at == moment + timedelta(minutes=15)
    assert call.remind_at == moment - timedelta(minutes=10)


def open_on_weekdays(company: Company, **more: Any) -> None:
    """Nine to five in Amsterdam, and this is when somebody is there."""
    week = [[(540, 1020)]] * 5 + [[], []]
    add_hours(Opening(name="Shop", zone=str(AMSTERDAM), week=week, **more), by=company.maren)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of July 2026 in Amsterdam; the 3rd is a Friday."""
    return datetime(2026, 7, day, hour, minute, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(3, 10), at(3, 11)),
        (at(3, 16, 30), at(6, 9, 30)),  # what is left of Friday, and the rest on Monday
        (at(4, 12), at(6, 10)),
        (at(6, 22), at(8, 10)),  # the 7th is a day off
    ],
)
def test_as_soon_as_possible_is_an_hour_of_business_time(
    offer: Offer, company: Company, now: datetime, until: datetime
) -> None:
    open_on_weekdays(company, days_off=[date(2026, 7, 7)])
    conversation = offer().conversation
    made = promise(conversation, now, None)
    assert made.promised_at == until
    assert now < made.remind_at < until


@pytest.mark.parametrize(
    "wanted",
    [at(4, 12), at(6, 8, 59), at(6, 16, 46), at(6, 20), at(7, 10)],
    ids=["on a Saturday", "too early", "as we leave", "at night", "on a day off"],
)
def test_a_call_when_nobody_is_there_is_refused_and_told_when_somebody_is(
    offer: Offer, company: Company, wanted: datetime
) -> None:
    open_on_weekdays(company, days_off=[date(2026, 7, 7)])
    conversation = offer().conversation
    with (
        override("America/New_York"),
        pytest.raises(Invalid, match=r"Mon 6 Jul, 03:00 to 10:45; Wed 8 Jul.*America/New_York"),
    ):
        promise(conversation, at(3, 17, 30), wanted)


@pytest.mark.parametrize("wanted", [at(6, 9), at(6, 16, 45), at(10, 12)])
def test_a_call_in_business_hours_is_promised_a_quarter_of_an_hour_after_it(
    offer: Offer, company: Company, wanted: datetime
) -> None:
    open_on_weekdays(company)
    made = promise(offer().conversation, at(3, 17, 30), wanted)
    assert made.promised_at == wanted + timedelta(minutes=15)


def test_what_is_offered_can_be_asked_for_and_nothing_beyond_it(
    offer: Offer, company: Company
) -> None:
    open_on_weekdays(company, country="NL")
    conversation, now = offer().conversation, at(3, 11)
    times = call_times(conversation, now)
    assert times is not None
    assert len(times) == 11  # the rest of Friday, and the days up to the same hour of a Friday
    for first, last in times:
        for wanted in (first, last):
            assert promise(conversation, now, wanted).wanted_at == wanted
        with pytest.raises(Invalid):
            promise(conversation, now, last + timedelta(minutes=1))


def test_hours_that_a_midnight_cuts_are_one_stretch(offer: Offer, company: Company) -> None:
    week = [[(480, 1200)]] * 7  # eight to eight in Auckland, over midnight in UTC
    add_hours(Opening(name="Far", zone="Pacific/Auckland", week=week), by=company.maren)
    times = call_times(offer().conversation, at(3, 11))
    assert times is not None
    assert {last - first for first, last in times[1:]} == {timedelta(hours=11, minutes=45)}


def test_changed_hours_count_for_the_next_wish(offer: Offer, company: Company) -> None:
    open_on_weekdays(company)
    conversation = offer().conversation
    always = Opening(name="Shop", zone="UTC", week=[[(0, 1440)]] * 7)
    change_hours(BusinessHours.objects.get(), always, by=company.maren)
    assert promise(conversation, at(4, 12), None).promised_at == at(4, 13)


@pytest.mark.parametrize("hours", [-2, 24 * 15])
def test_a_moment_that_cannot_be_is_refused(offer: Offer, hours: int) -> None:
    with pytest.raises(Invalid):
        asked(offer().opened_by(Client()), clock.now() + timedelta(hours=hours))
    assert not CallBack.objects.exists()


def test_asking_again_moves_the_one_promise(offer: Offer) -> None:
    offered = offer().opened_by(Client())
    first = asked(offered)
    second = asked(offered, clock.now() + timedelta(hours=5))
    assert first.pk == second.pk
    assert CallBack.objects.count() == 1


def test_who_has_the_case_is_reminded_once(offer: Offer, company: Company) -> None:
    offered = offer().opened_by(Client())
    assign(offered.conversation, to=company.ben, by=company.lena)
    asked(offered)
    assert look() == 0
    CallBack.objects.update(remind_at=clock.now())
    assert look() == 1
    assert look() == 0
    assert told("A customer waits for your call") == ["ben"]


def test_a_broken_promise_is_told_and_counted_and_the_call_still_waits(
    offer: Offer, company: Company
) -> None:
    call = asked(offer().opened_by(Client()))
    CallBack.objects.update(promised_at=clock.now(), reminded_at=clock.now())
    look()
    look()
    assert told("The time for a promised call is over") == ["mika"]
    assert Event.objects.filter(kind="CallBackBroken").count() == 1
    assert kept_and_broken(company.mika) == (0, 1)
    assert open_calls(company.mika) == [call]
    finish_call(call, "reached", by=company.mika)
    assert kept_and_broken(company.mika) == (0, 1)
    assert open_calls_count(company.mika).alone() == 0


def test_a_call_in_time_is_kept_and_one_nobody_needs_counts_neither_way(
    offer: Offer, company: Company
) -> None:
    finish_call(asked(offer("One").opened_by(Client())), "not_reached", by=company.mika)
    finish_call(asked(offer("Two").opened_by(Client())), "not_needed", by=company.mika)
    assert kept_and_broken(company.mika) == (1, 0)


def test_the_calls_of_another_team_do_not_exist(offer: Offer, company: Company) -> None:
    asked(offer().opened_by(Client()))
    assert open_calls(company.bea) == []
    assert open_calls_count(company.bea).alone() == 0
    assert open_calls_count(company.maren).alone() == 1


def test_what_is_over_is_ended_and_erased_but_for_a_promised_call(
    offer: Offer, company: Company
) -> None:
    offered = offer().opened_by(Client())
    leave_details(offered.hand_over, name="Amara", email="", phone="")
    call = asked(offered)
    HandOver.objects.update(ends_at=clock.now())
    look()
    assert not ContactDetails.objects.exists()
    call.refresh_from_db()
    assert call.phone == "+31 20 794 0815"
    finish_call(call, "reached", by=company.mika)
    call.refresh_from_db()
    assert call.phone is None


def test_how_to_reach_a_customer_is_not_readable_in_the_database(offer: Offer) -> None:
    from django.db import connection

    offered = offer().opened_by(Client())
    leave_details(offered.hand_over, name="Amara", email="amara@mail.example", phone="7940815")
    asked(offered)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d::text || c::text FROM handover_contactdetails d, handover_callback c"
        )
        stored = cursor.fetchone()[0]
    assert not {"Amara", "mail.example", "7940815", "794 0815", "refund"} & set(stored.split())
    assert all(word not in stored for word in ("Amara", "mail.example", "7940815", "refund"))


def test_an_ended_talk_ends_once(offer: Offer, company: Company) -> None:
    offered = offer().opened_by(Client())
    end(offered.hand_over, by=company.mika)
    end(offered.hand_over, by=company.mika)
    assert Event.objects.filter(kind="PrivateSideEnded").count() == 1
