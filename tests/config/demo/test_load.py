"""The demo company is stored once, and its past looks like a past."""

from __future__ import annotations

import pytest

from harken.config.demo.load import load
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation, Direction, Message, State
from harken.domain.listening.models_storms import MonitorStorm
from harken.domain.notifications.models import Notification
from harken.domain.notifications.queries import of_person
from harken.domain.people.models import Role, User
from harken.domain.people.queries import first_in_role
from harken.domain.triage.models import Judgement
from tests.domain.listening.talk import all_is_heard, watch_all

pytestmark = pytest.mark.django_db


def test_the_past_is_stored_with_answers_topics_and_endings(tmp_path):
    load(tmp_path / "network.jsonl", "http://127.0.0.1:7000", count=120)
    conversations = Conversation.objects.all()
    assert conversations.count() >= 110
    closed = conversations.filter(state=State.CLOSED)
    assert closed.filter(waiting_since__isnull=False).count() == 0
    assert conversations.filter(state=State.OPEN, waiting_since__isnull=False).count() >= 15
    assert not conversations.filter(topic=None).exists()
    answers = Message.objects.filter(direction=Direction.OUTBOUND)
    assert answers.count() > 60
    assert not answers.filter(author=None).exists()
    assert set(User.objects.values_list("role", flat=True)) == set(Role.values)


def test_everybody_one_can_play_finds_something_on_the_bell(tmp_path):
    load(tmp_path / "network.jsonl", "http://127.0.0.1:7000", count=120)
    for role in (Role.AGENT, Role.LEAD, Role.MANAGER):
        person = first_in_role(role)
        assert person
        told = of_person(person)
        assert {"mention", "assigned"} <= set(told.values_list("kind", flat=True)), role
    about = Notification.objects.filter(conversation__isnull=False)
    assert not about.exclude(conversation__state=State.OPEN).exists()


def test_a_second_start_only_notes_the_new_address(tmp_path):
    file = tmp_path / "network.jsonl"
    load(file, "http://127.0.0.1:7000", count=40)
    before = Message.objects.count()
    load(file, "http://127.0.0.1:7001", count=40)
    assert Message.objects.count() == before
    assert Channel.objects.get().service == "http://127.0.0.1:7001"


def test_the_monitors_have_heard_a_fortnight_and_one_storm_with_its_cause(tmp_path):
    load(tmp_path / "network.jsonl", "http://127.0.0.1:7000", count=300)
    all_is_heard()
    watch_all()
    storm = MonitorStorm.objects.get()
    assert storm.monitor.name == "Batteries and brakes"
    assert storm.ended_at
    assert storm.posts > 30
    assert "update" in {term for topic in storm.cause["topics"] for term in topic}
    assert storm.cause["mood"]["now"]["judged"] > 30
    assert not Notification.objects.filter(kind="storm").exists()


def test_what_the_monitors_heard_of_the_past_has_a_mood(tmp_path):
    load(tmp_path / "network.jsonl", "http://127.0.0.1:7000", count=300)
    heard = Message.objects.filter(heard__isnull=False, conversation__state=State.CLOSED)
    moods = set(Judgement.objects.values_list("sentiment", flat=True))
    assert moods == {"negative", "neutral", "positive"}
    assert not heard.exclude(judgements__isnull=False).exists()
