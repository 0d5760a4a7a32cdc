"""A text that spreads is told before its volume is a storm; both together are one storm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from harken.domain.conversations.models import Message
from harken.domain.journal.models import Event
from harken.domain.listening.models_mentions import Mention
from harken.domain.listening.models_storms import MonitorStorm, MonitorWatch
from harken.domain.listening.queries_storms import named_posts
from harken.domain.listening.services.repeated import Repeated
from harken.domain.listening.services.watch import watch_due
from harken.domain.notifications.models import Notification
from harken.kit import clock
from tests.domain.listening.posts import hear, said
from tests.domain.listening.talk import DAY, MINUTE, all_is_heard, minute_now, say, usual

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "Meridian says our lamps are lit, our lamps are legit"


@pytest.fixture
def ours(company, monitor):
    return monitor("meridian", "Our name", team=company.service)


def read_to(moment: datetime, repeated: Repeated | None = None) -> None:
    """Let the watches read up to that moment, by a process that remembers or was just begun."""
    all_is_heard()
    for _ in range(20):
        MonitorWatch.objects.update(next_at=clock.now())
        watch_due(moment, repeated or Repeated())
        if MonitorWatch.objects.filter(read_to__gte=moment).exists():
            return
    raise AssertionError("the watches do not get on")


def learnt() -> dict[str, Any]:
    state: dict[str, Any] | None = MonitorWatch.objects.get().state
    assert state
    return state


def test_a_text_that_spreads_is_told_with_how_often_and_by_how_many(company, ours):
    usual(ours, 4, 60)
    say(company.channel, TEXT, 7, minute_now() - 9 * MINUTE, 7 * MINUTE)
    read_to(minute_now())
    storm = MonitorStorm.objects.get()
    assert storm.loud_at is None
    assert storm.raised_at == minute_now() - 4 * MINUTE  # with the fifth person
    told = Notification.objects.get()
    assert (told.person, told.kind, told.urgent) == (company.lena, "storm", True)
    assert told.text.startswith(
        "Storm: Our name, the same text is spreading: 5 times in 4 minutes by 5 people"
    )
    assert storm.spread == "7 times in 6 minutes by 7 people"
    first = named_posts(storm, company.lena)[storm.cause["spread"]["mention"]]
    assert first.text == f"{TEXT} 0"


@pytest.mark.parametrize("remembers", [True, False])
def test_the_volume_joins_the_text_s_storm_and_nobody_is_told_twice(company, ours, remembers):
    usual(ours, 4, 30)
    say(company.channel, TEXT, 70, minute_now() - 20 * MINUTE, 20 * MINUTE)
    repeated = Repeated() if remembers else None
    read_to(minute_now() - 21 * MINUTE, repeated)
    for left in range(20, -1, -1):
        read_to(minute_now() - left * MINUTE, repeated)
        if MonitorStorm.objects.exists():
            break
    storm = MonitorStorm.objects.get()
    assert storm.loud_at is None
    early = storm.cause["spread"]["people"]
    assert early < 10
    read_to(minute_now(), repeated)
    storm.refresh_from_db()
    assert storm.loud_at
    assert storm.loud_at > storm.raised_at
    assert storm.told_at == storm.raised_at
    assert storm.posts > 60
    assert storm.cause["spread"]["people"] == 70
    assert storm.cause["leading"][0]["people"] > 2 * early
    assert Notification.objects.filter(kind="storm").count() == 1
    assert Event.objects.filter(kind="StormRaised").count() == 1
    assert not Event.objects.filter(kind="StormGrew").exists()


def test_one_person_who_repeats_themselves_raises_nothing(company, ours):
    usual(ours, 4, 60)
    say(company.channel, TEXT, 8, minute_now() - 9 * MINUTE, 7 * MINUTE)
    one = Message.objects.earliest("pk").handle
    assert one is not None
    Message.objects.update(handle=one)
    Mention.objects.update(author=one.handle)
    read_to(minute_now())
    assert not MonitorStorm.objects.exists()


def test_where_people_repeat_a_text_each_day_it_is_usual(company, ours):
    usual(ours, 5, 60)
    for day in range(1, 5):
        text = f"Meridian gives lamps away, number {day} of {day}, share to win {day}"
        say(company.channel, text, 12, minute_now() - day * DAY, timedelta(minutes=30))
    read_to(minute_now() - timedelta(hours=1))
    before = MonitorStorm.objects.count()
    say(company.channel, TEXT, 8, minute_now() - 9 * MINUTE, 7 * MINUTE)
    read_to(minute_now())
    assert MonitorStorm.objects.count() == before
    assert learnt()["echoes"]["largest"][-1] == 12


def test_no_word_of_a_post_is_kept_with_the_watch(company, ours):
    usual(ours, 3, 30)
    say(company.channel, TEXT, 7, minute_now() - 9 * MINUTE, 7 * MINUTE)
    read_to(minute_now())
    kept = learnt()
    assert set(kept["echoes"]) == {"largest", "today", "listened"}
    assert "lamps" not in str(kept)


def test_a_text_of_people_in_no_conversation_spreads_as_well(company, ours):
    usual(ours, 4, 60)
    at = minute_now() - 9 * MINUTE
    for number in range(7):
        text, who = f"{TEXT} {number}", f"far-{number}"
        hear(said(text, author=who, sent_at=at + number * MINUTE))
    read_to(minute_now())
    storm = MonitorStorm.objects.get()
    assert storm.spread == "7 times in 6 minutes by 7 people"
    named = named_posts(storm, company.lena)
    assert named[storm.cause["spread"]["mention"]].author == "far-0"
    assert {each["mention"] for each in storm.cause["voices"]} <= set(named)
