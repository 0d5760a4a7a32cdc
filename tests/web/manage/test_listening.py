"""The listening pages: a query with a mistake, mended, previewed, saved, switched and taken out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from harken.domain.conversations.models import Conversation, Message
from harken.domain.conversations.services.topics import move
from harken.domain.listening.models import Monitor
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.listening.stored import posts_of
from tests.cast import Company

HTMX = {"HX-Request": "true"}


@pytest.fixture
def lead(company: Company) -> Client:
    client = Client()
    client.force_login(company.lena)
    return client


@pytest.fixture
def ours(company: Company) -> Monitor:
    return save_monitor(None, Wanted("Us", "brand", "meridian"), by=company.lena)


def previewed(lead: Client, query: str, **more: str) -> str:
    address = reverse("manage:try_monitor")
    return lead.post(address, {"query": query} | more, headers=HTMX).content.decode()


def test_a_mistake_is_shown_at_its_column_with_what_to_write(lead):
    text = previewed(lead, "meridian\r\n OR #meridian late")
    assert "Column 24: AND and OR stand side by side" in text
    assert "<mark>late</mark>" in text
    assert 'data-go="23" data-length="4"' in text


def test_a_hostile_query_is_only_text(lead):
    text = previewed(lead, "<script>alert(1)</script> (")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_a_preview_shows_what_would_have_been_heard(lead, company, ours, receive):
    receive("Meridian lost my bag", by="zora")
    receive("Where is my parcel?")
    move(receive("Meridian secret", by="other"), to=company.billing, by=company.maren)
    text = previewed(lead, "meridian OR lark")
    assert "Would have heard 1 of the last 2 messages" in text
    assert "Meridian lost my bag" in text
    assert "secret" not in text
    assert "“<bdi>Us</bdi>” hears all of these too" in text
    assert "hears all of these" not in previewed(lead, "meridian", monitor=str(ours.pk))


def test_lists_become_a_query_in_the_form(lead):
    lists = {"any_of": "Meridian, #meridian", "none_of": "job fair", "lang": "NL"}
    text = previewed(lead, "", do="build", **lists)
    assert "(Meridian OR #meridian) NOT &#34;job fair&#34; lang:nl</textarea>" in text
    assert "Would have heard 0" in text


def test_a_monitor_is_saved_listed_changed_and_taken_out(lead, company):
    form = {"name": "Us", "kind": "brand", "query": "meridian", "team": str(company.service.pk)}
    saved = lead.post(reverse("manage:save_monitor"), form, follow=True).content.decode()
    assert "“Us” listens as of now, version 1." in saved
    assert '<code class="query" dir="auto">meridian</code>' in saved
    made = Monitor.objects.get()
    assert made.team == company.service
    changed = form | {"monitor": str(made.pk), "query": "meridian late"}
    assert "version 2" in lead.post(reverse("manage:save_monitor"), changed, follow=True).text
    page = lead.get(reverse("manage:monitor", args=[made.pk])).content.decode()
    assert page.count('<code class="query" dir="auto">meridian') == 2
    rested = lead.post(reverse("manage:switch_monitor", args=[made.pk]), {"to": "off"}, follow=True)
    assert "“Us” rests" in rested.content.decode()
    gone = lead.post(reverse("manage:retire_monitor", args=[made.pk]), follow=True)
    assert "“Us” is taken out" in gone.content.decode()
    assert lead.get(reverse("manage:monitor", args=[made.pk])).status_code == 404


def test_how_easily_a_monitor_alarms_is_chosen_and_kept(lead, ours):
    form = {"monitor": str(ours.pk), "name": "Us", "kind": "brand", "query": "meridian"}
    lead.post(reverse("manage:save_monitor"), form | {"alarm": "eager"})
    ours.refresh_from_db()
    assert (ours.alarm, ours.number) == ("eager", 1)
    page = lead.get(reverse("manage:monitor", args=[ours.pk])).content.decode()
    assert '<option value="eager" selected>' in page
    answer = lead.post(reverse("manage:save_monitor"), form | {"alarm": "asleep"})
    assert answer.status_code == 422
    assert "Say how easily the monitor raises a storm" in answer.content.decode()


def test_what_is_refused_stands_in_the_form_with_what_was_typed(lead):
    form = {"name": "Us", "kind": "brand", "query": "(late"}
    answer = lead.post(reverse("manage:save_monitor"), form)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Column 1: This bracket is never closed" in text
    assert "(late</textarea>" in text
    assert not Monitor.objects.exists()


def test_what_a_monitor_heard_is_shown_to_whom_may_see_it(
    lead: Client, company: Company, ours: Monitor, receive: Callable[..., Conversation]
) -> None:
    receive("Meridian, hello")
    move(receive("Meridian secret", by="zora"), to=company.billing, by=company.maren)
    ear = Ear()
    ear.refresh()
    ear.hear(posts_of(list(Message.objects.values_list("pk", flat=True))))
    page = lead.get(reverse("manage:monitor", args=[ours.pk])).content.decode()
    assert "Meridian, hello" in page.partition("Heard lately")[2]
    assert "secret" not in page
    assert "<b>1</b> heard this week" in lead.get(reverse("manage:monitors")).content.decode()


def test_a_preview_asks_the_database_no_more_for_more_messages(lead, receive):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            previewed(lead, "meridian")
        return len(caught)

    receive("meridian 0", by="amara")
    one = asked()
    for number in range(1, 6):
        receive(f"meridian {number}", by=f"person{number}")
    assert asked() == one
