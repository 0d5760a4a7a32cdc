"""Each monitor's minutes are read once; storms are written down and told with their cause."""

from __future__ import annotations

import pytest

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation, Message
from harken.domain.journal.models import Event
from harken.domain.listening.models import ListeningCursor
from harken.domain.listening.models_storms import MonitorStorm, MonitorWatch
from harken.domain.listening.queries_storms import named_posts, storms_for
from harken.domain.listening.services.monitors import Wanted, save_monitor, switch_monitor
from harken.domain.notifications.models import Notification
from harken.kit import clock
from tests.domain.listening.talk import (
    DAY,
    HOUR,
    MINUTE,
    all_is_heard,
    burst,
    minute_now,
    say,
    usual,
    watch_all,
)

pytestmark = pytest.mark.django_db(transaction=True)
HALF = HOUR / 2


@pytest.fixture
def ours(company, monitor):
    return monitor("meridian", "Our name", team=company.service)


def test_a_storm_is_told_once_to_the_lead_with_its_cause(company, ours):
    usual(ours, 3, 10)
    say(company.channel, "Meridian where is my parcel", 40, minute_now() - 2 * DAY, DAY)
    say(company.channel, "Meridian my brakes are soft again", 25, minute_now() - HALF, HALF)
    say(company.channel, "Soft brakes on a new Meridian", 25, minute_now() - HALF, HALF)
    all_is_heard()
    watch_all()
    all_is_heard()
    watch_all()
    storm = MonitorStorm.objects.get()
    told = Notification.objects.get()
    assert (told.person, told.kind, told.urgent) == (company.lena, "storm", True)
    assert told.url == f"/manage/trends/storms/{storm.pk}/"
    assert told.text.startswith("Storm: Our name, ")
    assert " posts in an hour, usually 1" in told.text
    assert "“brakes”" in told.text
    assert Event.objects.filter(kind="StormRaised", data__storm=storm.pk).count() == 1
    first = storm.cause["leading"][0]
    assert first["people"] >= 3
    assert named_posts(storm, company.lena)[first["mention"]].text.count("brakes")
    spoke = {each["mention"] for each in storm.cause["voices"]}
    assert spoke <= set(named_posts(storm, company.lena))


def test_usual_days_tell_nobody_anything(ours):
    usual(ours, 10, 12)
    all_is_heard()
    watch_all()
    assert MonitorWatch.objects.get().read_to == minute_now()
    assert not MonitorStorm.objects.exists()
    assert not Notification.objects.filter(kind="storm").exists()


def test_what_is_over_ends_and_an_old_storm_wakes_nobody(ours):
    end = minute_now() - DAY / 2
    usual(ours, 3, 10, end)
    burst(ours, 200, end, HOUR)
    all_is_heard()
    watch_all()
    storm = MonitorStorm.objects.get()
    assert storm.ended_at
    assert storm.ended_at - storm.raised_at > 2 * HOUR
    assert storm.posts > 150
    assert storm.posts / 1.5 < storm.cause_posts <= storm.posts
    assert not Notification.objects.filter(kind="storm").exists()
    kinds = Event.objects.filter(kind__startswith="Storm").order_by("pk")
    assert kinds.values_list("kind", flat=True)[0] == "StormRaised"
    assert kinds.latest("pk").kind == "StormEnded"


def test_minutes_that_nobody_listened_to_are_not_read_as_silence(ours):
    usual(ours, 2, 30)
    all_is_heard()
    Channel.objects.update(last_heard_at=clock.now() - 5 * HOUR)
    watch_all()
    assert MonitorWatch.objects.get().read_to <= minute_now() - 5 * HOUR + MINUTE
    ListeningCursor.objects.all().delete()
    Channel.objects.update(last_heard_at=clock.now())
    before = MonitorWatch.objects.get().read_to
    MonitorWatch.objects.update(next_at=clock.now())
    watch_all()
    assert MonitorWatch.objects.get().read_to == before


def test_posts_that_wait_for_the_monitors_hold_their_minutes_back(listening, ours, receive):
    usual(ours, 2, 30, minute_now() - HOUR)
    all_is_heard()
    receive("meridian, not yet heard")
    Event.objects.filter(kind="MessageReceived").update(at=clock.now() - HALF)
    watch_all()
    assert MonitorWatch.objects.get().read_to <= minute_now() - HALF + 2 * MINUTE


def test_a_resting_monitor_learns_no_silence_and_its_storm_is_over(company, ours):
    usual(ours, 3, 10)
    burst(ours, 60, minute_now() - HALF, HALF)
    all_is_heard()
    watch_all()
    assert MonitorStorm.objects.get().ended_at is None
    learnt = MonitorWatch.objects.get().state
    switch_monitor(ours, on=False, by=company.lena)
    MonitorWatch.objects.update(next_at=clock.now())
    watch_all()
    assert MonitorStorm.objects.get().ended_at
    assert MonitorWatch.objects.get().state == learnt


def test_another_query_learns_anew(company, ours):
    usual(ours, 3, 10)
    burst(ours, 60, minute_now() - HALF, HALF)
    all_is_heard()
    watch_all()
    wanted = Wanted("Our name", "brand", "meridian OR #meridian", team=company.service)
    save_monitor(ours, wanted, by=company.lena)
    MonitorWatch.objects.update(next_at=clock.now())
    watch_all()
    watch = MonitorWatch.objects.get()
    assert (watch.number, watch.state) == (2, None)
    assert MonitorStorm.objects.get().ended_at


def test_a_team_s_monitor_counts_no_other_team_s_conversations(company, monitor):
    theirs = monitor("meridian", "Theirs", team=company.billing)
    every = monitor("meridian", "Every team's")
    for each in (theirs, every):
        usual(each, 3, 10)
    say(company.channel, "Meridian my brakes are soft again", 40, minute_now() - HALF, HALF)
    Conversation.objects.update(team=company.service)
    all_is_heard()
    watch_all()
    storm = MonitorStorm.objects.get()
    assert storm.monitor == every
    assert list(Notification.objects.values_list("person", flat=True)) == [company.maren.pk]
    assert not storms_for(company.lena)
    assert list(storms_for(company.elif_)) == [storm]
    assert list(Event.objects.get(kind="StormRaised").teams) == [0]


def test_what_is_deleted_or_another_team_s_leads_nothing(company, ours):
    usual(ours, 3, 10)
    say(company.channel, "Meridian my brakes are soft again", 40, minute_now() - HALF, HALF)
    all_is_heard()
    watch_all()
    storm = MonitorStorm.objects.get()
    assert named_posts(storm, company.lena)
    assert not named_posts(storm, company.bea)
    Message.objects.update(deleted_at=clock.now())
    assert not named_posts(storm, company.lena)


def test_a_watch_that_cannot_be_read_silences_no_other(company, ours, monitor):
    broken = monitor("lark", "Broken")
    MonitorWatch.objects.create(
        monitor=broken, number=1, state={}, read_to=minute_now() - HOUR, next_at=clock.now()
    )
    usual(ours, 3, 10)
    burst(ours, 60, minute_now() - HALF, HALF)
    all_is_heard()
    watch_all()
    assert MonitorStorm.objects.get().monitor == ours
