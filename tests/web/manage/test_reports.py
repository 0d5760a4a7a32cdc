"""The day report's pages: numbers that open their rows, for those who may see them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.close import close
from harken.domain.people.models import User
from harken.kit import clock
from tests.cast import Company

Receive = Callable[..., Conversation]


def today() -> dict[str, str | int]:
    """Asked when it is needed: a run may begin the day before."""
    return {"date": clock.now().date().isoformat()}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str = "day", **asked: str | int) -> str:
    answer = client.get(reverse(f"manage:{name}"), today() | asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def day(company: Company, receive: Receive) -> Company:
    """Two wait in Service, one was thanked; one waits in Billing."""
    now = clock.now()
    for name in ("Amara", "Bruno"):
        receive(f"{name} asks", by=name.lower(), sent_at=now)
    thanked = receive("Thanks!", by="chloe", sent_at=now)
    close(thanked, reason="thanks", by=company.mika)
    billed = receive("My invoice?", by="dario", sent_at=now)
    Conversation.objects.filter(pk=billed.pk).update(team=company.billing)
    return company


def test_a_manager_sees_the_whole_house_and_a_lead_their_teams(day: Company) -> None:
    assert ">4</a></b><span>received" in page(browser(day.maren))
    assert ">3</a></b><span>received" in page(browser(day.lena))
    assert ">4</a></b><span>received" in page(browser(day.elif_))


def test_every_number_opens_its_rows(day: Company) -> None:
    lena = browser(day.lena)
    rows = page(lena, "day_turns", what="open")
    assert "Amara asks" in rows
    assert "Bruno asks" in rows
    assert "Thanks!" not in rows
    assert "My invoice?" not in rows
    closed = page(lena, "day_turns", what="dismissed")
    assert "closed: Nothing to answer: thanks or small talk" in closed
    assert "My invoice?" in page(browser(day.maren), "day_turns", team=day.billing.pk)
    assert "No rows" in page(lena, "day_turns", team=day.billing.pk)


def test_the_rows_of_an_hour_are_only_those_of_the_hour(day: Company) -> None:
    now = clock.now().hour
    assert "Amara asks" in page(browser(day.lena), "day_turns", hour=now)
    assert "Amara asks" not in page(browser(day.lena), "day_turns", hour=(now + 5) % 24)


def test_a_number_that_does_not_exist_is_not_found(day: Company) -> None:
    answer = browser(day.lena).get(reverse("manage:day_turns"), {"what": "magic"})
    assert answer.status_code == 404


def test_the_file_holds_what_the_page_shows(day: Company) -> None:
    User.objects.filter(pk=day.mika.pk).update(display_name="=Mika")
    rows = list(csv.DictReader(io.StringIO(page(browser(day.maren), "day_csv"))))
    whole = next(row for row in rows if row["part"] == "day")
    assert (whole["received"], whole["answered"], whole["closed"], whole["open"]) == (
        "4",
        "0",
        "1",
        "3",
    )
    for part in ("hour", "team", "topic", "agent", "channel"):
        found = [int(row["received"]) for row in rows if row["part"] == part]
        assert sum(found) == 4
    # A spreadsheet would run a name that begins like a formula.
    assert "'=Mika" in {row["name"] for row in rows if row["part"] == "agent"}


@pytest.mark.parametrize("date", ["yesterday", "0001-01-01", "9999-12-31", ""])
def test_a_day_that_is_none_is_today(day: Company, date: str) -> None:
    assert ">4</a></b><span>received" in page(browser(day.maren), date=date)


def test_an_empty_day_says_what_would_stand_there(day: Company) -> None:
    before = (clock.now() - timedelta(days=3)).date().isoformat()
    assert "Nobody wrote on this day" in page(browser(day.maren), date=before)
