"""An answer for later: it leaves at its moment if nothing happened since, or it stays here."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from harken.config.wiring import wire
from harken.domain.conversations.models import Message
from harken.domain.conversations.services.changes import apply_deletion, apply_edit
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.notifications.models import Notification
from harken.domain.people.models import User
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.queries_moved import moved_since
from harken.domain.replies.services.schedule import reschedule
from harken.domain.replies.services.send import send
from harken.domain.replies.services.undo import TooLate, undo
from harken.kit import clock
from harken.kit.connector import PostDeleted, PostEdited, RateLimited
from harken.kit.refusals import Invalid, NotAllowed
from tests.cast import post
from tests.domain.replies.conftest import hold_over, set_channel, told

pytestmark = pytest.mark.django_db
TEXT = "Good morning Amara, your parcel is at the depot."


@pytest.fixture
def conversation(receive):
    wire()
    return receive()


@pytest.fixture
def scheduled(company, conversation):
    """Mika's answer for tomorrow."""
    tomorrow = clock.now() + timedelta(days=1)
    more = {"client_key": uuid.uuid4(), "by": company.mika, "go_at": tomorrow}
    return send(conversation, body=TEXT, **more)


def moment_comes(reply):
    past = Now() - timedelta(seconds=1)
    Reply.objects.filter(pk=reply.pk).update(go_at=past, hold_until=past, next_attempt_at=past)


def state_of(reply):
    return Reply.objects.get(pk=reply.pk).state


def test_it_leaves_at_its_moment_and_not_before(scheduled, outbox, network):
    assert outbox.deliver() == 0
    moment_comes(scheduled)
    assert outbox.deliver() == 1
    assert network.named("send") == [scheduled.key]
    assert state_of(scheduled) == ReplyState.SENT
    assert (told("ReplyScheduled"), told("ReplyQueued"), told("ReplyDelivered")) == (1, 1, 1)


def test_who_scheduled_it_is_who_speaks(company, scheduled, outbox):
    moment_comes(scheduled)
    outbox.deliver()
    assert Message.objects.get(reply=scheduled.pk).author == company.mika


def write_again(company, reply):
    again = {"root_id": reply.conversation.thread_key, "parent_id": reply.target.external_id}
    receive_posts(company.channel, [post("Never mind, I have it.", **again)])


def answer_as_ben(company, reply):
    send(
        reply.conversation,
        body="Hello Amara, it is there.",
        client_key=uuid.uuid4(),
        by=company.ben,
        again=True,
    )


def edit(company, reply):
    changed = PostEdited(reply.target.external_id, "Where is my bike?", clock.now(), "2")
    apply_edit(company.channel, changed)


def delete(company, reply):
    apply_deletion(company.channel, PostDeleted(reply.target.external_id, clock.now()))


def close_it(company, reply):
    close(reply.conversation, reason="other", by=company.ben)


def leave_the_house(company, reply):
    User.objects.filter(pk=reply.author_id).update(is_active=False)


STALE = {
    write_again: "the customer wrote again",
    answer_as_ben: "Ben answered",
    edit: "the customer changed a post",
    delete: "taken back by its author",
    close_it: "the conversation was closed",
    leave_the_house: "does not work here any more",
}


@pytest.mark.parametrize("happens", STALE)
def test_what_is_stale_at_its_moment_stays_and_is_a_draft_again(
    company, scheduled, outbox, network, happens
):
    happens(company, scheduled)
    Reply.objects.exclude(pk=scheduled.pk).update(next_attempt_at=Now() + timedelta(days=9))
    moment_comes(scheduled)
    outbox.deliver()
    assert network.named("send") == []
    stayed = Reply.objects.get(pk=scheduled.pk)
    assert stayed.state == ReplyState.UNDONE
    assert STALE[happens] in stayed.error
    draft = draft_of(scheduled.conversation, company.mika)
    assert (draft.body, draft.came_back) == (TEXT, stayed)


def test_what_was_closed_before_it_was_answered_does_not_stop_it(company, conversation, outbox):
    close(conversation, reason="other", by=company.ben)
    more = {"client_key": uuid.uuid4(), "by": company.mika, "again": True}
    late = send(conversation, body=TEXT, go_at=clock.now() + timedelta(days=1), **more)
    moment_comes(late)
    assert outbox.deliver() == 1
    assert state_of(late) == ReplyState.SENT


def test_its_author_is_told_and_sees_the_difference(company, scheduled, outbox):
    write_again(company, scheduled)
    moment_comes(scheduled)
    outbox.deliver()
    bell = Notification.objects.get(kind="stayed")
    assert (bell.person, bell.conversation) == (company.mika, scheduled.conversation)
    since = scheduled.read_up_to
    moved = moved_since(scheduled.conversation, since, but_by=company.mika)
    assert [(each.what, each.of.body) for each in moved] == [("wrote", "Never mind, I have it.")]


def test_what_its_author_does_meanwhile_does_not_stop_it(company, scheduled, outbox, network):
    own = {"client_key": uuid.uuid4(), "by": company.mika, "again": True}
    other = send(scheduled.conversation, body="One moment, Amara.", **own)
    hold_over(other)
    moment_comes(scheduled)
    while outbox.deliver():
        pass
    assert set(network.named("send")) == {scheduled.key, other.key}


def test_a_network_that_says_later_is_asked_again_only_while_it_is_not_stale(
    company, scheduled, outbox, network
):
    network.answers[:] = [RateLimited("slow", retry_after=5)]
    moment_comes(scheduled)
    outbox.deliver()
    assert state_of(scheduled) == ReplyState.QUEUED
    write_again(company, scheduled)
    set_channel(company.channel, wait_until=None)
    moment_comes(scheduled)
    assert outbox.deliver() == 0
    assert state_of(scheduled) == ReplyState.UNDONE
    assert network.records == {}
    assert told("ReplyQueued") == 1


def test_it_waits_for_a_channel_that_is_away(company, scheduled, outbox, network):
    set_channel(company.channel, state="needs_login")
    moment_comes(scheduled)
    assert outbox.deliver() == 0
    assert state_of(scheduled) == ReplyState.SCHEDULED
    set_channel(company.channel, state="connected")
    assert outbox.deliver() == 1


def test_until_its_moment_its_author_takes_it_back(company, scheduled, outbox, network):
    assert undo(scheduled, by=company.mika).state == ReplyState.UNDONE
    moment_comes(scheduled)
    assert outbox.deliver() == 0
    draft = draft_of(scheduled.conversation, company.mika)
    assert (draft.body, draft.came_back) == (TEXT, None)
    assert Notification.objects.filter(kind="stayed").count() == 0


def test_another_moment_is_kept_and_the_old_one_forgotten(company, scheduled, outbox, network):
    later = clock.now() + timedelta(days=2)
    assert reschedule(scheduled, later, by=company.mika).go_at == later
    assert outbox.deliver() == 0
    moment_comes(scheduled)
    assert outbox.deliver() == 1
    with pytest.raises(TooLate):
        reschedule(scheduled, later, by=company.mika)


def test_a_moment_that_is_over_or_too_far_away_is_refused(company, scheduled):
    for wrong in (clock.now() - timedelta(seconds=1), clock.now() + timedelta(days=400)):
        with pytest.raises(Invalid):
            reschedule(scheduled, wrong, by=company.mika)


def test_only_its_author_and_leads_move_it(company, scheduled):
    later = clock.now() + timedelta(days=2)
    for who in (company.ben, company.bea, company.vic, company.elif_):
        with pytest.raises(NotAllowed):
            reschedule(scheduled, later, by=who)
    for who in (company.mika, company.lena, company.maren):
        assert reschedule(scheduled, later, by=who).go_at == later
