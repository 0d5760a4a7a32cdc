"""Likes, and what every request to a network but an answer has in common."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from harken.connectors.loopback.connector import LoopbackConnector
from harken.domain.conversations.models import Message
from harken.domain.replies.models import NetworkAction, ReplyState
from harken.domain.replies.services.network_actions import CannotAct, like
from harken.kit.connector import RateLimited, Refused, SessionLost, Unclear
from tests.domain.replies.conftest import told

pytestmark = pytest.mark.django_db


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


def test_ours_cannot_be_liked(company, answer, outbox):
    reply = answer()
    outbox.deliver()
    with pytest.raises(CannotAct):
        like(Message.objects.get(reply=reply), by=company.mika)


def test_a_network_without_likes_is_not_asked(company, receive, monkeypatch):
    poor = replace(LoopbackConnector.capabilities, can_like=False)
    monkeypatch.setattr(LoopbackConnector, "capabilities", poor)
    with pytest.raises(CannotAct, match="no likes"):
        like(receive().turn, by=company.mika)
    assert not NetworkAction.objects.exists()
