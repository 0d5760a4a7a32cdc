"""Likes, and taking our own answers back at the network."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from harken.connectors.loopback.connector import LoopbackConnector
from harken.domain.conversations.models import Message
from harken.domain.replies.models import NetworkAction, Reply, ReplyState
from harken.domain.replies.services.network_actions import CannotAct, like, retract
from harken.kit.connector import RateLimited, Refused, SessionLost, Unclear
from harken.kit.refusals import NotAllowed
from tests.domain.replies.conftest import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered(answer, outbox):
    reply = answer()
    outbox.deliver()
    return Message.objects.get(direction="outbound", reply=reply)


def due_now(action):
    NetworkAction.objects.filter(pk=action.pk).update(next_attempt_at=Now() - timedelta(seconds=1))


def test_a_like_is_asked_once_and_done_once(company, receive, outbox, network):
    message = receive().turn
    first = like(message, by=company.mika)
    assert like(message, by=company.ben).pk == first.pk
    assert outbox.act() == 1
    assert outbox.act() == 0
    first.refresh_from_db()
    assert first.state == ReplyState.SENT
    assert network.named("like") == [message.external_id]
    assert (told("ActionAsked"), told("ActionDone")) == (1, 1)


def test_an_unclear_like_is_repeated_under_the_same_key(company, receive, outbox, network):
    network.answers = [Unclear("no answer")]
    action = like(receive().turn, by=company.mika)
    outbox.act()
    action.refresh_from_db()
    assert (action.state, action.error, action.tries) == (ReplyState.QUEUED, "no answer", 1)
    due_now(action)
    outbox.act()
    action.refresh_from_db()
    assert action.state == ReplyState.SENT


def test_a_like_whose_worker_died_is_claimed_again(company, receive, outbox):
    action = like(receive().turn, by=company.mika)
    assert len(outbox.claimer.actions(outbox.lines.usable(), 5)) == 1
    assert outbox.act() == 0
    due_now(action)
    assert outbox.act() == 1
    action.refresh_from_db()
    assert action.state == ReplyState.SENT


def test_a_refused_like_can_be_asked_again(company, receive, outbox, network):
    network.answers = [Refused("blocked")]
    action = like(receive().turn, by=company.mika)
    outbox.act()
    action.refresh_from_db()
    assert (action.state, action.error) == (ReplyState.REFUSED, "blocked")
    assert like(action.message, by=company.ben).state == ReplyState.QUEUED
    outbox.act()
    action.refresh_from_db()
    assert (action.state, action.author) == (ReplyState.SENT, company.ben)


def test_a_lost_login_and_a_full_network_keep_the_action(company, receive, outbox, network):
    network.answers = [RateLimited("slow down", retry_after=30), SessionLost("revoked")]
    action = like(receive().turn, by=company.mika)
    outbox.act()
    company.channel.refresh_from_db()
    assert company.channel.wait_until is not None
    due_now(action)
    assert outbox.act() == 0  # the whole channel waits
    type(company.channel).objects.update(wait_until=None)
    outbox.act()
    company.channel.refresh_from_db()
    action.refresh_from_db()
    assert (company.channel.state, action.state) == ("needs_login", ReplyState.QUEUED)


def test_a_retraction_marks_the_message_only_once_the_network_confirmed(
    company, delivered, outbox, network
):
    retract(delivered, by=company.mika)
    delivered.refresh_from_db()
    assert delivered.deleted_at is None
    outbox.act()
    delivered.refresh_from_db()
    assert delivered.deleted_at is not None
    assert delivered.body == "It arrives tomorrow, Amara."  # kept as evidence
    assert Reply.objects.get().state == ReplyState.RETRACTED
    assert network.named("delete") == [delivered.external_id]


def test_only_its_author_and_those_who_lead_may_retract(company, delivered):
    for other in (company.ben, company.vic, company.bea):
        with pytest.raises(NotAllowed):
            retract(delivered, by=other)
    assert retract(delivered, by=company.lena).state == ReplyState.QUEUED


def test_a_customer_s_post_cannot_be_retracted_nor_ours_liked(company, receive, delivered):
    with pytest.raises(CannotAct):
        retract(receive(by="kofi").turn, by=company.mika)
    with pytest.raises(CannotAct):
        like(delivered, by=company.mika)


def test_a_network_without_likes_is_not_asked(company, receive, monkeypatch):
    poor = replace(LoopbackConnector.capabilities, can_like=False, can_delete=False)
    monkeypatch.setattr(LoopbackConnector, "capabilities", poor)
    with pytest.raises(CannotAct, match="no likes"):
        like(receive().turn, by=company.mika)
    assert not NetworkAction.objects.exists()
