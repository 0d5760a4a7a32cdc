"""The customer's page: what it shows, what it keeps, and what it says when something is wrong."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from harken.domain.handover.models import CallBack, ContactDetails
from harken.domain.handover.services.say import say
from harken.domain.sla.services.hours import Opening, add_hours
from harken.kit import clock
from tests.cast import Company
from tests.domain.handover.conftest import Offered, offer, portal

__all__ = ["offer", "portal"]
pytestmark = pytest.mark.django_db
Offer = Callable[..., Offered]


def key_in(html: str) -> str:
    found = re.search(r'data-fresh-key="([^"]+)"', html)
    assert found
    return found[1]


def test_the_door_says_who_invites_and_nothing_of_the_customer(
    offer: Offer, client: Client
) -> None:
    page = client.get(offer().path)
    html = page.content.decode()
    assert "Mika" in html
    assert "Meridian" in html
    assert "Amara" not in html
    assert "parcel" not in html
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert "default-src 'none'" in page["Content-Security-Policy"]


def test_both_sides_stand_in_the_talk_and_no_note_does(
    offer: Offer, client: Client, company: Company
) -> None:
    from harken.domain.conversations.services.notes import write_note

    offered = offer().opened_by(client)
    key = key_in(client.get(offered.path).content.decode())
    sent = client.post(f"{offered.path}/say", {"text": "Order <b>7</b>", "client_key": key})
    again = client.post(f"{offered.path}/say", {"text": "Order <b>7</b>", "client_key": key})
    assert sent.status_code == again.status_code == 302
    company.channel.undo_seconds = 0
    company.channel.save()
    say(offered.conversation, body="It flies.", client_key=uuid.uuid4(), by=company.mika)
    write_note(offered.conversation, body="Secret", client_key=uuid.uuid4(), by=company.mika)
    html = client.get(f"{offered.path}/said").content.decode()
    assert html.count("Order &lt;b&gt;7&lt;/b&gt;") == 1
    assert "It flies." in html
    assert "Secret" not in html


def test_a_page_with_a_script_gets_what_was_said_at_once(offer: Offer, client: Client) -> None:
    offered = offer().opened_by(client)
    data = {"text": "Hello", "client_key": str(uuid.uuid4())}
    part = client.post(f"{offered.path}/say", data, headers={"X-Part": "said"})
    assert part.status_code == 200
    assert "Hello" in part.content.decode()
    assert "<html" not in part.content.decode()


def test_what_was_typed_stays_when_it_is_refused(offer: Offer, client: Client) -> None:
    offered = offer().opened_by(client)
    data = {"number": "12", "about": "the refund", "client_key": str(uuid.uuid4())}
    page = client.post(f"{offered.path}/call", data)
    html = page.content.decode()
    assert page.status_code == 422
    assert "at least six digits" in html
    assert 'value="the refund"' in html
    assert not CallBack.objects.exists()


def test_the_customer_says_how_to_be_reached_and_asks_for_a_call(
    offer: Offer, client: Client
) -> None:
    offered = offer().opened_by(client)
    client.cookies["zone"] = "Europe/Amsterdam"
    left = client.post(f"{offered.path}/reach", {"name": "Amara", "email": "", "phone": ""})
    assert left.status_code == 302
    assert ContactDetails.objects.get().name == "Amara"
    data = {"number": "+31 20 794 0815", "when": "", "client_key": str(uuid.uuid4())}
    assert client.post(f"{offered.path}/call", data).status_code == 302
    html = client.get(offered.path).content.decode()
    assert "We call you by" in html
    assert "Europe/Amsterdam" in html


def test_the_page_says_in_the_customer_s_zone_when_calls_are_possible(
    offer: Offer, client: Client, company: Company
) -> None:
    week = [[(540, 1020)]] * 5 + [[], []]
    add_hours(Opening(name="Shop", zone="Europe/Amsterdam", week=week), by=company.maren)
    offered = offer().opened_by(client)
    assert "We call in these times (UTC time)" in client.get(offered.path).content.decode()
    client.cookies["zone"] = "America/New_York"
    html = client.get(offered.path).content.decode()
    assert "We call in these times (America/New_York time)" in html
    assert re.search(r"<li>Mon \d+ \w+, 0[34]:00 to 1[01]:45</li>", html)
    night = clock.now().astimezone(ZoneInfo("America/New_York")) + timedelta(days=2)
    data = {
        "number": "+31 20 794 0815",
        "when": f"{night:%Y-%m-%d}T23:30",
        "client_key": str(uuid.uuid4()),
    }
    refused = client.post(f"{offered.path}/call", data)
    assert refused.status_code == 422
    assert "Nobody is there to call you then" in refused.content.decode()
    assert f'value="{data["when"]}"' in refused.content.decode()
    assert not CallBack.objects.exists()


def test_who_ends_the_talk_is_told_and_finds_it_closed(offer: Offer, client: Client) -> None:
    offered = offer().opened_by(client)
    client.post(f"{offered.path}/reach", {"name": "Amara"})
    assert "The talk is over" in client.post(f"{offered.path}/end").content.decode()
    assert client.get(offered.path).status_code == 404
    assert not ContactDetails.objects.exists()


def test_a_form_without_its_secret_changes_nothing(offer: Offer) -> None:
    strict = Client(enforce_csrf_checks=True)
    offered = offer()
    assert strict.post(f"{offered.path}/open").status_code == 403
    offered.hand_over.refresh_from_db()
    assert offered.hand_over.opened_at is None


def test_an_empty_message_is_refused_calmly(offer: Offer, client: Client) -> None:
    offered = offer().opened_by(client)
    data = {"text": "  ", "client_key": str(uuid.uuid4())}
    page = client.post(f"{offered.path}/say", data)
    assert page.status_code == 422
    assert "Write something to send" in page.content.decode()
    assert client.post(f"{offered.path}/say", {"text": "Hi"}).status_code == 422
