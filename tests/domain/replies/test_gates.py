"""An answer that waits: for somebody's word, or for its moment."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from harken.config.wiring import wire
from harken.domain.conversations.services.changes import apply_deletion
from harken.domain.replies import gates
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.services.release import NotWaiting, release
from harken.domain.replies.services.send import AlreadyAnswered, send
from harken.domain.replies.services.undo import undo
from harken.kit import clock
from harken.kit.connector import PostDeleted
from tests.domain.replies.conftest import hold_over, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(company):
    """Mika's answers need somebody's word; the replies that asked for it."""
    before = list(gates._asked)
    asked: list[gates.Written] = []
    gates.ask_before_leaving(
        lambda conversation, text, by: (
            gates.Gate("A lead reads it first.", asked.append) if by == company.mika else None
        )
    )
    yield asked
    gates._asked[:] = before


def test_what_somebody_must_agree_to_waits_and_no_worker_takes_it(
    company, conversation, opened, outbox, network
):
    reply = say(conversation, company.mika)
    assert opened == [reply]
    assert reply.state == ReplyState.APPROVAL
    Reply.objects.update(hold_until=clock.now() - timedelta(hours=1))
    assert outbox.deliver() == 0
    assert network.calls == []
    assert (told("ReplyHeldBack"), told("ReplyQueued")) == (1, 0)


def test_it_holds_the_turn_so_nobody_answers_twice(company, conversation, opened):
    say(conversation, company.mika)
    with pytest.raises(AlreadyAnswered):
        say(conversation, company.lena)


def test_released_it_has_its_countdown_and_is_delivered(
    company, conversation, opened, outbox, network
):
    reply = release(say(conversation, company.mika), by=company.lena)
    assert reply.state == ReplyState.HELD
    assert reply.hold_until > clock.now()
    hold_over(reply)
    assert outbox.deliver() == 1
    assert network.named("send") == [reply.key]
    with pytest.raises(NotWaiting):
        release(reply, by=company.lena)


def test_its_author_takes_it_back_while_it_waits(company, conversation, opened):
    reply = say(conversation, company.mika)
    assert undo(reply, by=company.mika).state == ReplyState.UNDONE
    assert draft_of(conversation, company.mika).body == "Tomorrow."
    with pytest.raises(NotWaiting):
        release(reply, by=company.lena)


def test_it_goes_back_to_its_author_when_the_post_is_deleted(company, conversation, opened):
    wire()
    reply = say(conversation, company.mika)
    apply_deletion(company.channel, PostDeleted(reply.target.external_id, clock.now()))
    reply.refresh_from_db()
    assert reply.state == ReplyState.UNDONE


def test_who_is_not_asked_about_sends_as_ever(company, conversation, opened):
    assert say(conversation, company.lena).state == ReplyState.HELD
    assert opened == []


def test_an_answer_for_later_waits_for_its_moment(company, conversation, outbox):
    later = clock.now() + timedelta(hours=3)
    reply = say(conversation, company.mika, go_at=later)
    assert (reply.state, reply.hold_until) == (ReplyState.SCHEDULED, later)
    assert outbox.deliver() == 0
    assert told("ReplyScheduled") == 1


def test_a_moment_that_is_over_is_at_once(company, conversation):
    reply = say(conversation, company.mika, go_at=clock.now() - timedelta(seconds=1))
    assert reply.state == ReplyState.HELD


def test_released_it_keeps_its_moment(company, conversation, opened):
    later = clock.now() + timedelta(hours=3)
    reply = release(say(conversation, company.mika, go_at=later), by=company.lena)
    assert (reply.state, reply.next_attempt_at) == (ReplyState.SCHEDULED, later)


@pytest.fixture
def conversation(receive):
    return receive()


def say(conversation, by, **more):
    return send(conversation, body="Tomorrow.", client_key=uuid.uuid4(), by=by, **more)
