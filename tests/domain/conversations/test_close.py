"""Closing needs an answer or a reason; a customer who writes again opens it."""

from __future__ import annotations

import pytest

from harken.domain.conversations.models import State
from harken.domain.conversations.services.close import ReasonNeeded, close, reopen
from harken.domain.journal.models import Event
from harken.kit.refusals import Invalid

pytestmark = pytest.mark.django_db


def test_closing_an_unanswered_customer_needs_a_reason(company, receive):
    conversation = receive()
    with pytest.raises(ReasonNeeded):
        close(conversation, reason="", by=company.mika)
    with pytest.raises(Invalid):
        close(conversation, reason="bored", by=company.mika)
    closed = close(conversation, reason="spam", by=company.mika)
    assert (closed.state, closed.close_reason) == (State.CLOSED, "spam")
    assert closed.waiting_since is None
    told = Event.objects.get(kind="ConversationClosed").data
    assert told == {"reason": "spam", "up_to": conversation.messages.get().pk}


def test_a_customer_who_writes_again_starts_a_new_turn(company, receive):
    conversation = receive("First")
    close(conversation, reason="thanks", by=company.mika)
    receive("Second", root_id=conversation.thread_key)
    conversation.refresh_from_db()
    assert conversation.state == State.OPEN
    assert conversation.turn
    assert conversation.turn.body == "Second"


def test_opening_again_brings_the_unanswered_turn_back(company, receive):
    conversation = receive("First")
    close(conversation, reason="not_us", by=company.mika)
    opened = reopen(conversation, by=company.mika)
    assert opened.state == State.OPEN
    assert opened.turn
    assert opened.turn.body == "First"
    assert opened.close_reason == ""
