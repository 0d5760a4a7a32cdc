"""What happened after its writer began stops an answer once, and is told."""

from __future__ import annotations

import uuid

import pytest

from harken.domain.conversations.models import Message
from harken.domain.conversations.services.changes import apply_deletion, apply_edit
from harken.domain.conversations.services.notes import write_note
from harken.domain.replies.models import Reply
from harken.domain.replies.queries import draft_of
from harken.domain.replies.queries_moved import moved_since, place_in
from harken.domain.replies.services.send import AlreadyAnswered, ThreadMoved, rehearse, send
from harken.domain.replies.services.undo import undo
from harken.kit import clock
from harken.kit.connector import PostDeleted, PostEdited

pytestmark = pytest.mark.django_db


def say(conversation, by, place, text="It arrives tomorrow.", **more):
    key = uuid.uuid4()
    return send(conversation, body=text, client_key=key, by=by, read_up_to=place, **more)


def told(conversation, place, by) -> list[tuple[str, str]]:
    return [(each.what, each.of.body) for each in moved_since(conversation, place, but_by=by)]


def test_a_customer_who_writes_again_stops_it_once(company, receive):
    conversation = receive("Where is it?", external_id="r", root_id="r")
    place = place_in(conversation)
    receive("Never mind.", root_id="r", parent_id="r")
    with pytest.raises(ThreadMoved, match="meanwhile") as refusal:
        say(conversation, company.mika, place)
    assert refusal.value.status == 409
    assert [each.of.body for each in refusal.value.moved] == ["Never mind."]
    assert draft_of(conversation, company.mika).body == "It arrives tomorrow."
    assert say(conversation, company.mika, place_in(conversation)).body == "It arrives tomorrow."


def test_an_edit_and_a_deletion_are_told_as_they_are_now(company, receive):
    conversation = receive("Is it red?", external_id="r", root_id="r")
    receive("And big?", external_id="s", root_id="r", parent_id="r")
    place = place_in(conversation)
    apply_edit(company.channel, PostEdited("r", "Is it blue?", clock.now(), "2"))
    apply_edit(company.channel, PostEdited("s", "And small?", clock.now(), "2"))
    apply_deletion(company.channel, PostDeleted("s", clock.now()))
    assert told(conversation, place, company.mika) == [
        ("edited", "Is it blue?"),
        ("deleted", "And small?"),
    ]
    with pytest.raises(ThreadMoved):
        say(conversation, company.mika, place)


def test_a_new_post_that_changed_at_once_is_told_once(company, receive):
    conversation = receive("Where?", external_id="r", root_id="r")
    place = place_in(conversation)
    receive("Hm", external_id="s", root_id="r", parent_id="r")
    apply_edit(company.channel, PostEdited("s", "Hello?", clock.now(), "2"))
    assert told(conversation, place, company.mika) == [("wrote", "Hello?")]


def test_a_colleague_s_answer_counts_and_one_s_own_does_not(company, receive):
    conversation = receive("Where?")
    place = place_in(conversation)
    theirs = say(conversation, company.ben, None, "Here.")
    assert told(conversation, place, company.mika) == [("answered", "Here.")]
    assert told(conversation, place, company.ben) == []
    undo(theirs, by=company.ben)
    assert told(conversation, place, company.mika) == []
    assert say(conversation, company.mika, place)


def test_who_answers_a_turn_twice_hears_of_the_answer_first(company, receive):
    conversation = receive("Where?")
    place = place_in(conversation)
    say(conversation, company.ben, None, "Here.")
    with pytest.raises(AlreadyAnswered):
        say(conversation, company.mika, place)
    with pytest.raises(ThreadMoved):
        say(conversation, company.mika, place, again=True)
    assert say(conversation, company.mika, place_in(conversation), again=True).slot == 1


def test_what_colleagues_do_beside_the_answer_stops_nothing(company, receive):
    conversation = receive("Where?")
    place = place_in(conversation)
    write_note(conversation, body="She is kind.", client_key=uuid.uuid4(), by=company.ben)
    assert say(conversation, company.mika, place)


def test_a_rehearsal_says_what_would_happen_and_sends_nothing(company, receive):
    conversation = receive("Where?")
    shown = rehearse(conversation, body=" Tomorrow. ", by=company.mika)
    assert (shown.body, shown.target, shown.answered) == ("Tomorrow.", Message.objects.get(), None)
    say(conversation, company.ben, None, "Here.")
    shown = rehearse(conversation, body="Tomorrow.", by=company.mika)
    assert shown.answered is not None
    assert shown.answered.reply == Reply.objects.get()
