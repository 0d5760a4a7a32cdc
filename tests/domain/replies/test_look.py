"""Finding out what became of a send nobody knows about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Message
from harken.domain.replies.models import Outcome, ReplyState
from harken.kit.connector import ConnectorError, Refused, SessionLost, Unclear
from tests.domain.replies.conftest import hold_over, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(answer, outbox, network):
    """A reply that went out although its worker heard nothing; its settle time is over."""
    network.answers = ["lost"]
    reply = answer("Tomorrow.")
    outbox.deliver()
    hold_over(reply)
    return reply


@pytest.fixture
def unsent(answer, outbox, network):
    """A reply that did not go out although nobody knows; its settle time is over."""
    network.answers = [Unclear("no answer")]
    reply = answer("Tomorrow.")
    outbox.deliver()
    hold_over(reply)
    return reply


def test_what_went_out_is_found_and_not_sent_again(lost, outbox, network):
    assert outbox.look() == 1
    lost.refresh_from_db()
    assert (lost.state, lost.error) == (ReplyState.SENT, "")
    assert lost.attempts.get().outcome == Outcome.FOUND
    assert outbox.deliver() == 0
    assert network.named("send") == [lost.key]
    assert Message.objects.filter(direction="outbound").count() == 1


def test_what_is_certainly_not_there_is_sent_under_the_same_key(unsent, outbox, network):
    assert outbox.look() == 1
    unsent.refresh_from_db()
    assert unsent.state == ReplyState.QUEUED
    assert outbox.deliver() == 1
    assert network.named("send") == [unsent.key, unsent.key]
    outcomes = unsent.attempts.order_by("id").values_list("outcome", flat=True)
    assert list(outcomes) == [Outcome.ABSENT, Outcome.SENT]


def test_a_reply_whose_worker_died_is_looked_for_after_the_settle_time(answer, outbox, network):
    reply = answer()
    assert len(outbox.claim()) == 1  # and then the worker is gone
    assert (outbox.deliver(), outbox.look()) == (0, 0)
    hold_over(reply)
    assert outbox.look() == 1
    reply.refresh_from_db()
    assert reply.state == ReplyState.QUEUED
    assert network.named("find") == [reply.key]


def test_where_nobody_can_look_a_person_is_asked(unsent, outbox, network):
    network.capabilities = replace(network.capabilities, can_find=False)
    outbox.lines._made.of.clear()
    assert outbox.look() == 1
    unsent.refresh_from_db()
    assert unsent.state == ReplyState.NEEDS_HUMAN
    assert network.named("find") == []
    assert told("ReplyNeedsHuman") == 1
    hold_over(unsent)
    assert (outbox.look(), outbox.deliver()) == (0, 0)


def test_a_network_that_refuses_to_tell_leaves_it_to_a_person(unsent, outbox, network):
    network.answers = [Refused("gone")]
    outbox.look()
    unsent.refresh_from_db()
    assert unsent.state == ReplyState.NEEDS_HUMAN


def test_a_failed_look_is_repeated_and_nothing_is_sent_meanwhile(unsent, outbox, network):
    network.answers = [ConnectorError("connection refused"), Unclear("500")]
    for _ in range(2):
        assert outbox.look() == 1
        unsent.refresh_from_db()
        assert unsent.state == ReplyState.CHECKING
        assert (outbox.look(), outbox.deliver()) == (0, 0)
        hold_over(unsent)
    assert outbox.look() == 1
    unsent.refresh_from_db()
    assert unsent.state == ReplyState.QUEUED


def test_a_login_lost_while_looking_keeps_the_question_open(unsent, outbox, network):
    network.answers = [SessionLost("revoked")]
    outbox.look()
    unsent.refresh_from_db()
    assert unsent.state == ReplyState.CHECKING
    assert Channel.objects.get().state == "needs_login"
    assert outbox.look() == 0


def test_a_looker_that_died_is_followed_by_another(unsent, outbox):
    assert len(outbox.claimer.doubtful(outbox.lines.usable(), 5)) == 1
    assert outbox.look() == 0
    hold_over(unsent)
    assert outbox.look() == 1
