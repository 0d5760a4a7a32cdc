"""Search and contact pages: what is shown, marked safely, and not shown to the wrong people."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.conversations.models import Conversation, Message
from harken.domain.conversations.services.notes import write_note
from harken.domain.conversations.services.topics import move
from harken.domain.people.models import User
from harken.kit import clock
from tests.cast import Company

Receive = Callable[..., Conversation]
NASTY = "<img src=x onerror=alert(1)> parcel \"'><script>alert(2)</script>"


def get(user: User, address: str, **asked: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return str(answer.content.decode())


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main")]


def test_hits_are_marked_and_foreign_text_stays_text(company: Company, receive: Receive) -> None:
    conversation = receive(NASTY)
    page = main_of(get(company.mika, reverse("desk:search"), q="parcel"))
    assert "<mark>parcel</mark>" in page
    assert "<script" not in page
    assert "<img" not in page
    assert f'href="{reverse("desk:conversation", args=[conversation.pk])}#message-' in page


@pytest.mark.parametrize("name", ["search", "contacts"])
def test_what_was_typed_is_shown_as_text(company: Company, name: str) -> None:
    page = main_of(get(company.mika, reverse(f"desk:{name}"), q='"><script>alert(1)</script>'))
    assert "<script" not in page
    assert "&#34;&gt;&lt;script&gt;" in page


def test_chips_switch_a_filter_on_and_off_and_keep_the_words(
    company: Company, receive: Receive
) -> None:
    receive("parcel")
    address = reverse("desk:search")
    page = get(company.maren, address, q="parcel", team="service")
    chips = re.findall(r'<a class="chip([^"]*)" href="([^"]*)"', page)
    on = [href for look, href in chips if "brand" in look]
    assert on == [f"{address}?q=parcel"]
    assert f"{address}?q=parcel&amp;state=closed&amp;team=service" in [href for _, href in chips]


def test_wrong_filters_are_no_error_and_a_wrong_place_is_not_there(company: Company) -> None:
    address = reverse("desk:search")
    get(company.mika, address, q="x", since="2026-13-45", state="?", team="?", network="?")
    client = Client()
    client.force_login(company.mika)
    assert client.get(address, {"q": "x", "before": "x"}).status_code == 404


def test_people_and_notes_are_found_beside_messages(company: Company, receive: Receive) -> None:
    conversation = receive("hello", by="zora")
    write_note(conversation, body="zora is a poet", client_key=uuid4(), by=company.mika)
    page = main_of(get(company.mika, reverse("desk:search"), q="zora"))
    assert reverse("desk:contact", args=[conversation.contact_id]) in page
    assert "note by" in page


def test_a_contact_shows_the_reader_s_conversations_and_no_others(
    company: Company, receive: Receive
) -> None:
    ours, theirs = receive("ours to read"), receive("a canary for billing")
    move(theirs, to=company.billing, by=company.maren)
    address = reverse("desk:contact", args=[ours.contact_id])
    mine, all_of_them = get(company.mika, address), get(company.maren, address)
    assert "ours to read" in mine
    assert "canary" not in mine
    assert "canary" in all_of_them


def test_a_contact_of_another_team_alone_is_not_there(company: Company, receive: Receive) -> None:
    theirs = receive("a canary for billing", by="zora")
    move(theirs, to=company.billing, by=company.maren)
    client = Client()
    client.force_login(company.mika)
    address = reverse("desk:contact", args=[theirs.contact_id])
    missing = client.get(reverse("desk:contact", args=[10**9]))
    foreign = client.get(address)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert "Zora" not in get(company.mika, reverse("desk:contacts"))


def test_a_timeline_shows_what_we_answered_and_what_was_taken_back(
    company: Company, receive: Receive
) -> None:
    conversation = receive("regretted words")
    Message.objects.update(deleted_at=clock.now())
    Message.objects.create(
        conversation=conversation,
        channel=company.channel,
        external_id="ours",
        direction="outbound",
        author=company.mika,
        body="Our kind answer",
        sent_at=clock.now(),
    )
    page = get(company.ben, reverse("desk:contact", args=[conversation.contact_id]))
    assert "deleted at the network" in page
    assert "Our kind answer" in page
