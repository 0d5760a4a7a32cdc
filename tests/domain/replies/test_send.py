"""One customer turn gets one answer, whoever is faster and however often they ask."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from harken.domain.conversations.models import Conversation, Message
from harken.domain.replies.models import Draft, Reply, ReplyState
from harken.domain.replies.queries import draft_of, replies_of
from harken.domain.replies.services import send as sending
from harken.domain.replies.services.draft import save_draft
from harken.domain.replies.services.send import (
    AlreadyAnswered,
    CannotReply,
    EmptyReply,
    TooLong,
    UsedKey,
    send,
)
from harken.domain.replies.services.undo import undo
from harken.kit import clock
from harken.kit.refusals import NotAllowed
from tests.domain.replies.conftest import set_channel, told

pytestmark = pytest.mark.django_db


def say(conversation, by, body="It arrives tomorrow.", key=None, **more):
    return send(conversation, body=body, client_key=key or uuid.uuid4(), by=by, **more)


def test_an_answer_is_held_for_the_channel_s_undo_time(company, receive):
    conversation, began, hold = receive(), clock.now(), timedelta(seconds=10)
    reply = say(conversation, company.mika, "  It arrives tomorrow. ")
    assert reply.state == ReplyState.HELD
    assert reply.body == "It arrives tomorrow."
    assert reply.body_sha256 == hashlib.sha256(b"It arrives tomorrow.").hexdigest()
    assert reply.key
    assert began + hold <= reply.hold_until <= clock.now() + hold
    assert reply.next_attempt_at == reply.hold_until
    assert told("ReplyQueued") == 1


def test_without_undo_time_it_leaves_at_once(company, receive):
    set_channel(company.channel, undo_seconds=0)
    assert say(receive(), company.mika).state == ReplyState.QUEUED


def test_it_answers_the_turn_under_the_newest_post(company, receive):
    conversation = receive("Where is it?")
    first = conversation.turn
    conversation = receive("Hello?", root_id=first.external_id, parent_id=first.external_id)
    newest = conversation.messages.latest("id")
    reply = say(conversation, company.mika)
    assert (reply.turn, reply.target, reply.slot) == (first, newest, 0)
    assert reply.answers_id == newest.pk


def test_what_came_after_the_writer_looked_is_not_settled(company, receive):
    conversation = receive("Where is it?")
    first = conversation.turn
    receive("And my refund?", root_id=first.external_id, parent_id=first.external_id)
    reply = say(conversation, company.mika, seen=first.pk)
    assert (reply.answers_id, reply.target) == (first.pk, first)


def test_the_same_key_returns_the_first_answer_for_ever(company, receive):
    conversation = receive()
    key = uuid.uuid4()
    first = say(conversation, company.mika, key=key)
    Reply.objects.filter(pk=first.pk).update(
        state=ReplyState.SENT, written_at=clock.now() - timedelta(days=7)
    )
    company.mika.role = "viewer"  # even if nothing of it would be allowed today
    again = say(conversation, company.mika, "Another text", key=key)
    assert again.pk == first.pk
    assert again.body == first.body
    assert Reply.objects.count() == 1
    assert told("ReplyQueued") == 1


def test_a_key_is_its_writer_s_own(company, receive):
    conversation = receive()
    key = uuid.uuid4()
    say(conversation, company.mika, key=key)
    with pytest.raises(UsedKey):
        say(conversation, company.ben, key=key)
    with pytest.raises(UsedKey):
        say(receive(by="kofi"), company.mika, key=key)


def test_the_second_answer_is_refused_and_its_writer_keeps_the_draft(company, receive):
    conversation = receive()
    first = say(conversation, company.mika, "Tomorrow.")
    with pytest.raises(AlreadyAnswered, match="Mika") as refusal:
        say(conversation, company.ben, "On Monday.")
    assert refusal.value.reply == first
    assert refusal.value.status == 409
    assert draft_of(conversation, company.ben).body == "On Monday."
    assert Reply.objects.count() == 1


def test_answering_again_on_purpose_takes_the_next_slot(company, receive):
    conversation = receive()
    say(conversation, company.mika)
    second = say(conversation, company.ben, "And one thing more.", again=True)
    third = say(conversation, company.ben, "And another.", again=True)
    assert (second.slot, third.slot) == (1, 2)


def test_the_database_itself_refuses_a_second_answer_in_a_slot(company, receive):
    first = say(receive(), company.mika)
    first.pk, first.client_key, first.key = None, uuid.uuid4(), "another"
    with transaction.atomic(), pytest.raises(IntegrityError, match="one_answer_a_turn"):
        first.save(force_insert=True)


def test_what_the_database_refuses_is_told_as_a_refusal(company, receive, monkeypatch):
    conversation = receive()
    first = say(conversation, company.mika)
    monkeypatch.setattr(sending, "answer_to", lambda turn: None)  # as if nobody had looked
    with pytest.raises(AlreadyAnswered) as refusal:
        say(conversation, company.ben, "On Monday.")
    assert refusal.value.reply == first
    assert draft_of(conversation, company.ben).body == "On Monday."


def test_the_database_itself_refuses_a_reply_without_an_author(company, receive):
    reply = say(receive(), company.mika)
    with transaction.atomic(), pytest.raises(IntegrityError, match="author_id"):
        Reply.objects.filter(pk=reply.pk).update(author=None)


def test_a_refused_or_undone_answer_leaves_the_turn_open(company, receive):
    conversation = receive()
    refused = say(conversation, company.mika)
    Reply.objects.filter(pk=refused.pk).update(state=ReplyState.REFUSED)
    undone = undo(say(conversation, company.mika), by=company.mika)
    assert undone.slot == 0
    assert say(conversation, company.ben).slot == 0


def test_where_nobody_waits_an_answer_needs_a_second_word(company, receive):
    conversation = receive()
    Conversation.objects.filter(pk=conversation.pk).update(turn=None, waiting_since=None)
    with pytest.raises(AlreadyAnswered, match="Nobody waits"):
        say(conversation, company.mika, "By the way")
    assert draft_of(conversation, company.mika).body == "By the way"
    assert say(conversation, company.mika, again=True).slot == 0


def test_the_draft_is_gone_once_the_send_was_accepted(company, receive):
    conversation = receive()
    draft = save_draft(conversation, body="Tomorrow.", by=company.mika)
    say(conversation, company.mika, key=draft.client_key)
    assert not Draft.objects.exists()
    assert draft_of(conversation, company.mika).client_key != draft.client_key


def test_nobody_s_conversation_becomes_the_sender_s(company, receive):
    conversation = receive()
    say(conversation, company.mika)
    conversation.refresh_from_db()
    assert conversation.assignee == company.mika
    assert told("ConversationAssigned") == 1


def test_a_colleague_s_conversation_stays_theirs(company, receive):
    conversation = receive()
    Conversation.objects.filter(pk=conversation.pk).update(assignee=company.ben)
    say(conversation, company.mika)
    conversation.refresh_from_db()
    assert conversation.assignee == company.ben


def test_empty_and_too_long_texts_are_refused_with_a_sentence(company, receive):
    conversation = receive()
    with pytest.raises(EmptyReply):
        say(conversation, company.mika, " \n ")
    with pytest.raises(TooLong, match="too long for Loopback"):
        say(conversation, company.mika, "a" * 5_000)
    assert not Reply.objects.exists()


def test_there_is_nothing_to_answer_when_every_post_was_taken_back(company, receive):
    conversation = receive()
    Message.objects.update(deleted_at=clock.now())
    with pytest.raises(CannotReply):
        say(conversation, company.mika)


def test_viewers_and_other_teams_send_nothing(company, receive):
    conversation = receive()
    for outsider in (company.vic, company.bea):
        with pytest.raises(NotAllowed):
            say(conversation, outsider)


def test_a_lost_login_does_not_stop_the_writer(company, receive):
    set_channel(company.channel, state="needs_login")
    conversation = receive()
    reply = say(conversation, company.mika)
    assert list(replies_of(conversation)) == [reply]
