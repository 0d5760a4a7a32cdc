import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from harken.config.demo.company import BRAND, PEOPLE, TEAMS, TOPICS, agents_of
from harken.config.demo.history import past_conversations, posts_of
from harken.config.demo.phrasebook import LANGUAGES, phrases
from harken.config.demo.scene import Cast, draw
from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.text import LENGTH_LIMIT, length

UNTIL = datetime(2026, 3, 12, 20, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def past():
    return list(past_conversations(5, 3000, UNTIL))


def test_every_topic_and_team_has_somebody_to_answer():
    assert {topic.team for topic in TOPICS} == {team.slug for team in TEAMS}
    for team in TEAMS:
        assert agents_of(team.slug)
        assert any(who.role == "lead" and team.slug in who.teams for who in PEOPLE)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_has_enough_to_say_and_fills_every_slot(lang):
    said = phrases(lang)
    assert set(said.topics) == {topic.slug for topic in TOPICS}
    assert sum(len(topic.open) for topic in said.topics.values()) + len(said.tagged) >= 25
    assert sum(len(topic.answer) for topic in said.topics.values()) >= 25
    dice = random.Random(2)
    cast = Cast(dice)
    for _ in range(400):
        scene = draw(dice, cast, lang)
        follow_up = scene.follow_up(dice)
        texts = [scene.opening, scene.answer, scene.thanks(dice), scene.welcome(dice)]
        texts += [scene.impatient(dice), scene.angry(dice).ask, scene.angry(dice).answer]
        texts += [follow_up.ask, follow_up.answer] if follow_up else []
        assert not re.search(r"[{}]|\s\s", " ".join(texts))
        assert max(length(text) for text in texts) <= LENGTH_LIMIT
        assert scene.answer.endswith(f"/{scene.agent.first_name}")
        assert scene.customer.first_name in scene.answer
        assert (f"@{BRAND.handle}" in scene.opening) != scene.tagged


def test_the_past_is_the_same_for_the_same_seed(past):
    assert list(past_conversations(5, 200, UNTIL)) == list(past_conversations(5, 200, UNTIL))
    assert list(past_conversations(6, 200, UNTIL)) != list(past_conversations(5, 200, UNTIL))


def test_the_past_is_varied(past):
    assert len(past) == 3000
    whole = Counter(" | ".join(each.text for each in talk.messages) for talk in past)
    assert len(whole) > 0.98 * len(past)
    openings = Counter(talk.messages[0].text for talk in past)
    assert len(openings) > 0.96 * len(past)
    assert {talk.lang for talk in past} == set(LANGUAGES)
    visits = Counter(talk.customer.handle for talk in past)
    assert sum(count > 1 for count in visits.values()) > 300
    languages = {(talk.customer.handle, talk.lang) for talk in past}
    assert len(languages) > len(visits)


def test_the_past_lies_in_the_last_sixty_days_in_order(past):
    moments = [talk.messages[0].sent_at for talk in past]
    assert moments == sorted(moments)
    for talk in past:
        times = [message.sent_at for message in talk.messages]
        assert times == sorted(times)
        assert UNTIL - timedelta(days=61) < times[0] and times[-1] <= UNTIL


def test_most_answers_of_the_past_came_within_two_minutes(past):
    waits = [
        (after.sent_at - before.sent_at).total_seconds()
        for talk in past
        for before, after in zip(talk.messages, talk.messages[1:], strict=False)
        if after.agent and not before.agent
    ]
    assert sum(15 <= wait <= 120 for wait in waits) > 0.75 * len(waits)


def test_somebody_waits_in_every_team_and_language(past):
    waiting = [talk for talk in past if talk.is_open]
    assert len(waiting) == 25
    assert {talk.team for talk in waiting} == {team.slug for team in TEAMS}
    assert {talk.lang for talk in waiting} == set(LANGUAGES)
    for talk in waiting:
        assert talk.messages[-1].agent is None
        assert talk.messages[0].sent_at > UNTIL - timedelta(hours=1)


def test_what_is_closed_was_answered_or_has_a_reason(past):
    for talk in past:
        answered = any(message.agent for message in talk.messages)
        if not talk.is_open:
            assert answered != bool(talk.close_reason)


def test_the_past_stands_on_the_network_as_it_is_told(past):
    network = LoopbackNetwork()
    some = past[:300]
    for talk in some:
        for person, post in posts_of(talk):
            network.write(network.person(person), post)
    for talk in some:
        first = network.post(talk.messages[0].external_id)
        assert first.root == talk.root_id
        assert first.author.handle == talk.customer.handle
        told = [network.post(message.external_id) for message in talk.messages]
        assert [post.text for post in told] == [message.text for message in talk.messages]
        assert {post.root for post in told} == {talk.root_id}
