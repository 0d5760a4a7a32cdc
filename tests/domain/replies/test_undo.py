"""Taking an answer back inside the countdown."""

from __future__ import annotations

import pytest

from harken.config.wiring import wire
from harken.domain.channels.models import ChannelState
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.changes import apply_deletion
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.services.draft import save_draft
from harken.domain.replies.services.undo import TooLate, undo
from harken.kit import clock
from harken.kit.connector import PostDeleted
from harken.kit.refusals import NotAllowed
from tests.domain.replies.conftest import hold_over, told

pytestmark = pytest.mark.django_db


def test_an_undone_answer_is_a_draft_again_and_never_called(company, answer, outbox, network):
    reply = answer("Tomorrow.", held=True)
    assert undo(reply, by=company.mika).state == ReplyState.UNDONE
    hold_over(reply)
    assert outbox.deliver() == 0
    assert network.calls == []
    draft = draft_of(reply.conversation, company.mika)
    assert draft.body == "Tomorrow."
    assert draft.client_key != reply.client_key
    assert told("ReplyUndone") == 1


def test_what_was_typed_since_stays_below_the_returned_text(company, answer):
    reply = answer("Tomorrow.", held=True)
    save_draft(reply.conversation, body="PS", by=company.mika)
    undo(reply, by=company.mika)
    assert draft_of(reply.conversation, company.mika).body == "Tomorrow.\n\nPS"


def test_an_answer_that_waits_for_its_channel_can_still_be_taken_back(company, answer, outbox):
    company.channel.state = ChannelState.NEEDS_LOGIN
    company.channel.save()
    reply = answer("Tomorrow.")
    Reply.objects.filter(pk=reply.pk).update(state=ReplyState.QUEUED)
    assert undo(reply, by=company.mika).state == ReplyState.UNDONE
    company.channel.state = ChannelState.CONNECTED
    company.channel.save()
    assert outbox.deliver() == 0
    assert draft_of(reply.conversation, company.mika).body == "Tomorrow."


def test_a_second_undo_changes_nothing(company, answer):
    reply = answer(held=True)
    undo(reply, by=company.mika)
    assert undo(reply, by=company.mika).state == ReplyState.UNDONE
    assert told("ReplyUndone") == 1


def test_after_the_countdown_it_is_too_late(company, answer):
    reply = answer()
    with pytest.raises(TooLate):
        undo(reply, by=company.mika)
    reply.refresh_from_db()
    assert reply.state == ReplyState.HELD


def test_a_claimed_answer_cannot_be_undone(company, answer, outbox):
    reply = answer()
    assert len(outbox.claim()) == 1
    with pytest.raises(TooLate):
        undo(reply, by=company.mika)


def test_only_its_author_and_those_who_lead_may_undo(company, answer):
    reply = answer(held=True)
    for other in (company.ben, company.bea, company.vic, company.elif_):
        with pytest.raises(NotAllowed):
            undo(reply, by=other)
    assert undo(reply, by=company.lena).state == ReplyState.UNDONE
    assert draft_of(reply.conversation, company.mika).body == reply.body


def test_a_held_answer_to_a_deleted_post_does_not_leave(company, answer, outbox, network):
    wire()
    reply = answer("Tomorrow.", held=True)
    apply_deletion(company.channel, PostDeleted(reply.target.external_id, clock.now()))
    reply.refresh_from_db()
    assert reply.state == ReplyState.UNDONE
    assert "taken back by its author" in reply.error
    hold_over(reply)
    assert outbox.deliver() == 0
    assert network.calls == []
    assert draft_of(reply.conversation, company.mika).body == "Tomorrow."
    assert Conversation.objects.get().turn is None
