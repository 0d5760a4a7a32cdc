"""The promises pages: the list in order, the forms, what is refused, the versions."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.sla.models import BusinessHours, SLAPolicy
from tests.cast import Company

WEEK = {f"day-{number}": "09:00-12:30, 13:30-17:00" for number in range(5)}
HOURS = WEEK | {
    "name": "Shop",
    "zone": "Europe/Amsterdam",
    "country": "NL",
    "subdivision": "",
    "days_off": "2026-12-24 Christmas Eve",
}


@pytest.fixture
def lead(company: Company) -> Client:
    client = Client()
    client.force_login(company.lena)
    return client


def names() -> list[str]:
    return list(SLAPolicy.objects.filter(retired_at=None).values_list("name", flat=True))


def add(lead: Client, **values: str) -> str:
    answer = lead.post(reverse("manage:add_promise"), values, follow=True)
    return answer.content.decode()


def test_a_promise_is_added_with_its_conditions_and_read_again(
    company: Company, lead: Client
) -> None:
    text = add(
        lead,
        name="Invoices",
        topic=str(company.invoice.pk),
        first_response="5 min",
        resolution="2 d",
        pauses="on",
    )
    assert "“Invoices” is promised from now on" in text
    assert "topic: Invoice" in text
    policy = SLAPolicy.objects.get(name="Invoices")
    assert (policy.first_response, policy.next_response, policy.resolution) == (300, None, 172_800)
    form = lead.get(reverse("manage:promise", args=[policy.pk])).content.decode()
    assert 'value="5 min"' in form
    assert 'value="2 d"' in form
    lead.post(
        reverse("manage:save_promise", args=[policy.pk]),
        {"name": "Invoices", "first_response": "90"},
    )
    policy.refresh_from_db()
    assert (policy.first_response, policy.topic, policy.pauses) == (90, None, False)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "", "first_response": "60"}, "Give the promise a name"),
        ({"name": "Soon"}, "Promise at least one thing"),
        ({"name": "Soon", "first_response": "soon"}, "write a time such as"),
        ({"name": "Soon", "first_response": "0"}, "write a time such as"),
        ({"name": "Soon", "first_response": "60", "team": "999"}, "Choose from the lists"),
        ({"name": "Soon", "first_response": "60", "why": "magic"}, "Choose one of the ways"),
    ],
)
def test_what_cannot_be_promised_is_said_and_what_was_typed_stays(
    lead: Client, values: dict[str, str], said: str
) -> None:
    answer = lead.post(reverse("manage:add_promise"), values)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert f'value="{values["name"]}"' in text


def test_promises_change_places_and_are_taken_out(lead: Client) -> None:
    for name in ("B", "C"):
        add(lead, name=name, first_response="60")
    assert names() == ["Within a minute", "B", "C"]
    last = SLAPolicy.objects.get(name="C")
    for to, order in (
        ("up", ["Within a minute", "C", "B"]),
        ("up", ["C", "Within a minute", "B"]),
        ("up", ["C", "Within a minute", "B"]),
        ("down", ["Within a minute", "C", "B"]),
    ):
        lead.post(reverse("manage:move_promise", args=[last.pk]), {"to": to})
        assert names() == order
    lead.post(reverse("manage:retire_promise", args=[last.pk]))
    assert names() == ["Within a minute", "B"]
    assert lead.get(reverse("manage:promise", args=[last.pk])).status_code == 404


def test_an_empty_list_says_what_to_do(lead: Client) -> None:
    SLAPolicy.objects.all().delete()
    text = lead.get(reverse("manage:promises")).content.decode()
    assert "Nothing is promised" in text
    assert "Every second counts" in text


def test_saving_business_hours_makes_a_version_and_shows_the_days_off(lead: Client) -> None:
    lead.post(reverse("manage:add_hours"), HOURS)
    hours = BusinessHours.objects.get()
    change = HOURS | {"day-5": "10:00-14:00"}
    lead.post(reverse("manage:save_hours", args=[hours.pk]), change)
    first, second = hours.versions.order_by("number")
    assert first.week[5] == []
    assert second.week[5] == [[600, 840]]
    assert second.week[0] == [[540, 750], [810, 1020]]
    page = lead.get(reverse("manage:hours", args=[hours.pk])).content.decode()
    assert 'value="10:00-14:00"' in page
    assert "Save as version 3" in page
    assert "Nieuwjaarsdag" in page or "New Year" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Give the business hours a name"),
        ({"zone": "Mars/Olympus"}, "Choose a time zone"),
        ({"zone": "../etc/passwd"}, "Choose a time zone"),
        ({"country": "XX"}, "No holidays are known"),
        ({"subdivision": "NOWHERE"}, "No holidays are known"),
        ({"day-0": "9-17"}, "Monday"),
        ({"day-1": "17:00-09:00"}, "must end after it starts"),
        ({"day-2": "09:00-12:00, 11:00-13:00"}, "overlap"),
        ({"day-3": "09:75-12:00"}, "Thursday"),
        ({"days_off": "Christmas"}, "does not begin with a date"),
        (dict.fromkeys(WEEK, ""), "Give at least one day"),
    ],
)
def test_hours_that_make_no_sense_are_refused(
    lead: Client, change: dict[str, str], said: str
) -> None:
    answer = lead.post(reverse("manage:add_hours"), HOURS | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not BusinessHours.objects.exists()


def test_hours_that_a_promise_counts_in_stay(lead: Client) -> None:
    lead.post(reverse("manage:add_hours"), HOURS)
    hours = BusinessHours.objects.get()
    add(lead, name="By day", first_response="60", hours=str(hours.pk))
    answer = lead.post(reverse("manage:retire_hours", args=[hours.pk]))
    assert answer.status_code == 409
    assert "“By day” counts in these hours" in answer.content.decode()
    lead.post(reverse("manage:retire_promise", args=[SLAPolicy.objects.get(name="By day").pk]))
    assert lead.post(reverse("manage:retire_hours", args=[hours.pk])).status_code == 302
    assert lead.get(reverse("manage:hours", args=[hours.pk])).status_code == 404


def test_an_agent_neither_sees_nor_changes_promises(company: Company) -> None:
    mika = Client()
    mika.force_login(company.mika)
    assert mika.get(reverse("manage:promises")).status_code == 403
    assert "Promises" not in mika.get("/desk/").content.decode()
