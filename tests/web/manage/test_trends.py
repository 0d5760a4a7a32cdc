"""The trends: volume against the usual, share of voice, causes, and nothing of other teams."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from harken.domain.conversations.models import Conversation, Message
from harken.domain.conversations.services.topics import move
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_mentions import Mention
from harken.domain.listening.models_storms import MonitorStorm
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.listening.services.settle import dismiss
from harken.domain.listening.stored import posts_of
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.connector import Why
from tests.cast import Company
from tests.domain.listening.posts import hear, said
from tests.domain.listening.talk import (
    DAY,
    HOUR,
    MINUTE,
    all_is_heard,
    minute_now,
    say,
    usual,
    watch_all,
)

HTMX = {"HX-Request": "true"}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def lead(company: Company) -> Client:
    return client_of(company.lena)


@pytest.fixture
def ours(company: Company) -> Monitor:
    wanted = Wanted("Us", "brand", "meridian", team=company.service)
    return save_monitor(None, wanted, by=company.lena)


def listen() -> None:
    ear = Ear()
    ear.refresh()
    ear.hear(posts_of(list(Message.objects.values_list("pk", flat=True))))


def seen(client: Client, name: str, *on: int, **asked: str) -> str:
    return client.get(reverse(f"manage:{name}", args=on), asked).content.decode()


def test_without_monitors_the_page_says_what_would_be_here(lead):
    assert "No monitors yet" in seen(lead, "trends")


def test_volume_stands_beside_what_is_usual(lead, ours):
    usual(ours, 10, 12)
    all_is_heard()
    watch_all()
    for span in ("day", "week", "month"):
        page = seen(lead, "trends", span=span)
        assert 'class="usual" d="M' in page
        assert "would be usual" in page
    day = seen(lead, "trend", ours.pk)
    assert day.count('<tr><th scope="row">') == 24
    said = float(day.partition("</b> would be usual")[0].rpartition("<b>")[2])
    assert 230 < said < 350  # of 12 an hour, up to now


def test_a_young_monitor_says_what_it_waits_for(lead, ours):
    usual(ours, 0.2, 10)
    all_is_heard()
    watch_all()
    page = seen(lead, "trend", ours.pk)
    assert "Learning" in page
    assert "in 24 hours for <bdi>Service</bdi>. What is usual is not known yet" in page
    assert "not from older ones that the chart shows too, and waits for a first day" in page


def test_the_three_pages_of_listening_have_the_same_tabs(lead, company, ours):
    for name, label in (("monitors", "Monitors"), ("sources", "Sources"), ("trends", "Trends")):
        page = seen(lead, name)
        ways = page.partition('<nav class="listening-ways"')[2].partition("</nav>")[0]
        assert re.findall(r">(\w+)</a>", ways) == ["Monitors", "Sources", "Trends"]
        assert re.findall(r'aria-current="page">(\w+)<', ways) == [label]
    assert 'aria-current="page">Trends<' in seen(lead, "trend", ours.pk)
    company.vic.role = "executive"
    company.vic.save()
    page = seen(client_of(company.vic), "trends")
    ways = page.partition('<nav class="listening-ways"')[2].partition("</nav>")[0]
    assert re.findall(r">(\w+)</a>", ways) == ["Trends"]  # the others are not for executives


def test_share_of_voice_counts_a_post_once_for_us_and_once_for_each_rival(
    lead, company, ours, receive
):
    save_monitor(None, Wanted("Our planes", "product", "plane"), by=company.lena)
    save_monitor(None, Wanted("Larkair", "competitor", "larkair"), by=company.lena)
    receive("A meridian plane", by="a")
    receive("Meridian or Larkair?", by="b")
    receive("Larkair is late", by="c")
    listen()
    row = seen(lead, "trends").partition('class="own"')[2].partition("</tbody>")[0]
    assert row.partition("</tr>")[0].endswith("<td>2</td>")
    assert "<bdi>Larkair</bdi>" in row
    assert row.count("50 %") == 2


def test_untagged_counts_who_did_not_call_us_and_has_an_answer(lead, company, ours, receive):
    receive("meridian, unheard", by="a", why=Why.SEARCH)
    receive("meridian, answered outside", by="b", why=Why.SEARCH)
    receive("@meridian hello", by="c")
    answered = Message.objects.get(body__contains="answered")
    Message.objects.create(
        conversation=answered.conversation,
        channel=company.channel,
        external_id="ours",
        direction="outbound",
        body="Here we are.",
        sent_at=answered.sent_at + timedelta(seconds=30),
    )
    listen()
    assert "1 of 2 have an answer of ours" in seen(lead, "trend", ours.pk)


def test_untagged_counts_posts_in_no_conversation_a_fold_once_and_not_what_is_not_about_us(
    lead, company, ours
):
    text = "meridian raised the price of the winter service and told nobody"
    hear(said(text, uri="a"), said(text, uri="b"), said("meridian airlines flies", uri="c"))
    hear(said("@meridian.example and meridian", uri="d"))
    assert "0 of 2 have an answer of ours" in seen(lead, "trend", ours.pk)
    dismiss(Mention.objects.get(uri="c"), "not_us", by=company.mika)
    assert "0 of 1 have an answer of ours" in seen(lead, "trend", ours.pk)


def test_a_storm_shows_its_cause_and_leads_to_its_posts(lead, company, ours):
    usual(ours, 3, 10)
    say(company.channel, "Meridian where is my parcel", 40, minute_now() - 2 * DAY, DAY)
    say(company.channel, "Meridian my brakes are soft again", 25, minute_now() - HOUR / 2, HOUR / 2)
    say(company.channel, "Soft brakes on a new Meridian", 25, minute_now() - HOUR / 2, HOUR / 2)
    all_is_heard()
    watch_all()
    storm = MonitorStorm.objects.get()
    listed = seen(lead, "trends")
    assert reverse("manage:storm", args=[storm.pk]) in listed
    assert "“<bdi>brakes</bdi>”" in listed
    assert 'class="storm" x=' in listed
    page = seen(lead, "storm", storm.pk)
    assert "Going on" in page
    assert "people say so" in page
    first = Conversation.objects.filter(messages__body__contains="brakes").order_by("pk").last()
    assert first
    assert reverse("desk:conversation", args=[first.pk]) in page
    Message.objects.update(deleted_at=clock.now())
    gone = seen(lead, "storm", storm.pk)
    assert "my brakes are" not in gone
    assert "Amara" not in gone


def test_a_text_that_spreads_is_shown_as_that_and_not_as_a_storm_of_volume(lead, company, ours):
    usual(ours, 4, 60)
    text = "Meridian says our lamps are lit, our lamps are legit"
    say(company.channel, text, 7, minute_now() - 9 * MINUTE, 7 * MINUTE)
    all_is_heard()
    watch_all()
    storm = MonitorStorm.objects.get()
    for page in (seen(lead, "trends"), seen(lead, "trend", ours.pk)):
        assert "the same text is spreading: 7 times in 6 minutes by 7 people" in page
        assert "A text spreads</span>" in page
        assert "posts in an hour" not in page
    page = seen(lead, "storm", storm.pk)
    assert "The same text is spreading: <b>7 times in 6 minutes by 7 people</b>" in page
    assert "The volume alone is no storm yet" in page
    assert "the first of them heard" in page
    assert f"{text} 0" in page
    Message.objects.update(deleted_at=clock.now())
    gone = seen(lead, "storm", storm.pk)
    assert "Its first post was deleted" in gone
    assert "legit" not in gone


def test_nobody_counts_another_team_s_conversations(
    lead: Client, company: Company, ours: Monitor, receive: Callable[..., Conversation]
) -> None:
    every = save_monitor(None, Wanted("All", "brand", "meridian"), by=company.maren)
    receive("Meridian, hello", by="a")
    for number in range(7):
        secret = receive(f"Meridian secret {number}", by=f"zora{number}")
        move(secret, to=company.billing, by=company.maren)
    listen()
    manager = client_of(company.maren)
    for monitor, theirs in ((ours, "<b>1</b> post"), (every, "<b>8</b> posts")):
        assert "<b>1</b> post" in seen(lead, "trend", monitor.pk)
        assert theirs in seen(manager, "trend", monitor.pk)
    page = seen(lead, "trend", every.pk)
    assert "What is usual is shown to those who see every team" in page
    for text in (page, seen(lead, "trend", ours.pk), seen(lead, "trends")):
        assert "secret" not in text
        assert "zora" not in text.lower()
    assert (
        seen(lead, "trends")
        .partition('class="own"')[2]
        .partition("</tr>")[0]
        .endswith("<td>1</td>")
    )


def test_the_inside_alone_is_fetched_while_one_looks(lead, ours):
    whole = lead.get(reverse("manage:trends"))
    part = lead.get(reverse("manage:trends"), headers=HTMX)
    assert b"<html" in whole.content
    assert b"<html" not in part.content
    assert part.content.strip().splitlines()[0].startswith(b'<div class="lead-in">')


def test_more_posts_ask_the_database_no_more(lead, ours, receive):
    def asked(name: str, *on: int) -> int:
        with CaptureQueriesContext(connection) as caught:
            seen(lead, name, *on)
        return len(caught)

    receive("meridian 0", by="a")
    listen()
    before = asked("trends"), asked("trend", ours.pk)
    for number in range(1, 6):
        receive(f"meridian {number}", by=f"person{number}")
    listen()
    assert (asked("trends"), asked("trend", ours.pk)) == before


def test_nothing_is_usual_before_anything_was_heard(lead, ours):
    usual(ours, 3, 12)
    all_is_heard()
    watch_all()
    month = seen(lead, "trend", ours.pk, span="month")
    usuals = re.findall(r'<tr><th scope="row">[^<]*</th><td>\d+</td><td>([^<]*)</td>', month)
    assert len(usuals) == 28
    assert usuals[:24] == ["–"] * 24
    assert "–" not in usuals[-3:]
