"""Intake: every post once, in any order, with its edits, deletions and our own answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harken.domain.channels.models import Cursor, Quarantined
from harken.domain.conversations.models import Conversation, Message, State
from harken.domain.conversations.services.receive import receive, receive_posts
from harken.domain.journal.models import Event
from harken.kit import clock
from harken.kit.connector import (
    Author,
    ContextPost,
    Page,
    PostDeleted,
    PostEdited,
    Unreadable,
    Why,
)
from tests.cast import post

pytestmark = pytest.mark.django_db


def test_a_post_becomes_a_waiting_conversation(company, receive):
    conversation = receive("My parcel is late")
    assert conversation.state == State.OPEN
    assert conversation.team == company.service
    assert conversation.snippet == "My parcel is late"
    assert conversation.turn
    assert conversation.turn.body == "My parcel is late"
    assert conversation.waiting_since == conversation.turn.sent_at
    assert conversation.message_count == 1
    assert conversation.contact.name == "Amara Okafor"
    assert conversation.contact.name_to_use == "Amara"
    event = Event.objects.get(kind="MessageReceived")
    assert event.conversation_id == conversation.pk
    assert event.teams == [company.service.pk]


def test_a_post_delivered_three_times_is_stored_once(company):
    one = post()
    for _ in range(3):
        receive_posts(company.channel, [one, one])
    assert Message.objects.count() == 1
    assert Event.objects.filter(kind="MessageReceived").count() == 1
    assert Conversation.objects.get().message_count == 1


def test_follow_ups_of_the_same_person_in_the_tree_join_the_conversation(company):
    first = post("One")
    second = post("Two", root_id=first.external_id, parent_id=first.external_id)
    other = post("Three", by="jonas", root_id=first.external_id, parent_id=first.external_id)
    receive_posts(company.channel, [second, other])
    receive_posts(company.channel, [first])
    mine = Conversation.objects.get(handle__external_id="acct-amara")
    assert [m.body for m in mine.messages.order_by("sent_at")] == ["One", "Two"]
    assert mine.turn
    assert mine.turn.body == "One"
    assert Conversation.objects.get(handle__external_id="acct-jonas").message_count == 1


def test_a_deletion_that_comes_first_keeps_the_post_out(company):
    late = post()
    receive_posts(company.channel, [PostDeleted(late.external_id, clock.now())])
    receive_posts(company.channel, [late])
    assert not Message.objects.exists()


def test_a_deletion_in_the_same_page_marks_the_post_and_ends_the_wait(company):
    gone = post()
    receive_posts(company.channel, [PostDeleted(gone.external_id, clock.now()), gone])
    message = Message.objects.get()
    assert message.deleted_at is not None
    assert Conversation.objects.get().waiting_since is None


def test_edits_win_by_version_and_may_come_before_their_post(company):
    one = post("First words", version="1")
    now = clock.now()
    receive_posts(company.channel, [PostEdited(one.external_id, "Third", now, "3")])
    receive_posts(company.channel, [PostEdited(one.external_id, "Second", now, "2")])
    receive_posts(company.channel, [one])
    assert Message.objects.get().body == "Third"
    receive_posts(company.channel, [PostEdited(one.external_id, "Old", now, "2")])
    assert Message.objects.get().body == "Third"
    assert Conversation.objects.get().snippet == "Third"


@pytest.mark.parametrize("ours_first", [True, False])
def test_an_answer_given_outside_harken_ends_the_turn(company, ours_first):
    asked = post("Is it open on Sunday?")
    answer = post(
        "Yes, ten to four.",
        by_us=True,
        author=Author("acct-meridian", "meridian.example"),
        root_id=asked.external_id,
        parent_id=asked.external_id,
        sent_at=asked.sent_at + timedelta(seconds=30),
        why=Why.OWN,
    )
    for item in [answer, asked] if ours_first else [asked, answer]:
        receive_posts(company.channel, [item])
    conversation = Conversation.objects.get()
    assert conversation.waiting_since is None
    assert [m.body for m in conversation.messages.order_by("sent_at")] == [
        "Is it open on Sunday?",
        "Yes, ten to four.",
    ]
    again = post(
        "And Monday?",
        root_id=asked.external_id,
        sent_at=answer.sent_at + timedelta(seconds=5),
    )
    receive_posts(company.channel, [again])
    conversation.refresh_from_db()
    assert conversation.turn
    assert conversation.turn.body == "And Monday?"


def test_a_page_and_its_cursor_are_stored_together_or_not_at_all(company):
    posts = {b"a": post("A"), b"b": post("B")}

    def parse(raw):
        if raw == b"x":
            raise Unreadable("no id")
        return [posts[raw]]

    before = clock.now() - timedelta(hours=1)
    Cursor.objects.create(channel=company.channel, moved_at=before)
    done = receive(company.channel, Page((b"a", b"x", b"b"), "7"), parse, read_from=None)
    assert (done.stored, done.quarantined, done.moved) == (2, 1, True)
    moved = Cursor.objects.get()
    assert (moved.value, moved.moved_at > before) == ("7", True)
    assert bytes(Message.objects.get(body="A").raw or b"") == b"a"
    held = Quarantined.objects.get()
    assert (bytes(held.raw), held.error) == (b"x", "no id")
    stale = receive(company.channel, Page((b"a",), "9"), parse, read_from="3")
    assert not stale.moved
    assert Cursor.objects.get().value == "7"


def test_hostile_text_is_stored_readable(company):
    receive_posts(company.channel, [post("a\x00b \ud800 c" + "😀" * 70_000)])
    body = Message.objects.get().body
    assert body.startswith("a\ufffdb \ufffd c😀")
    assert len(body) == 64_000


def test_the_public_posts_above_are_kept_for_reading(company):
    root = ContextPost("root", Author("x", "meridian.example"), "News!", clock.now(), by_us=True)
    receive_posts(company.channel, [post(root_id="root", parent_id="root", ancestors=(root,))])
    from harken.domain.conversations.queries import thread

    kinds = [(item.kind, item.of.body) for item in thread(Conversation.objects.get())]
    assert sorted(kinds) == [("context", "News!"), ("message", "Where is my parcel?")]
