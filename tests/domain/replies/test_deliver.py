"""From claim to outcome: every way a send can end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import ContextPost, Conversation, Message
from harken.domain.conversations.services.ours import adopt_ours
from harken.domain.replies.delivery.outcome import Fenced, refused
from harken.domain.replies.delivery.pace import Pace
from harken.domain.replies.models import Attempt, Outcome, Reply, ReplyState
from harken.domain.replies.services.undo import TooLate, undo
from harken.kit import clock
from harken.kit.connector import ConnectorError, RateLimited, Refused, SessionLost, Unclear
from tests.domain.replies.conftest import Outbox, hold_over, receipt_for, set_channel, told

pytestmark = pytest.mark.django_db


def test_a_delivered_answer_is_a_message_and_ends_the_waiting(company, answer, outbox, network):
    reply = answer("Tomorrow.")
    assert outbox.deliver() == 1
    reply.refresh_from_db()
    assert (reply.state, reply.owner, reply.lease_until) == (ReplyState.SENT, "", None)
    message = reply.message
    assert (message.body, message.author, message.direction) == (
        "Tomorrow.", company.mika, "outbound",
    )  # fmt: skip
    assert message.external_id == f"k-{reply.key}"
    assert message.parent_id_at_network == reply.target.external_id
    conversation = Conversation.objects.get()
    assert (conversation.waiting_since, conversation.turn) == (None, None)
    assert conversation.settled_id == reply.answers_id
    assert reply.attempts.get().outcome == Outcome.SENT
    assert told("ReplyDelivered") == 1
    letter = network.records[reply.key]
    assert letter.target_native == letter.root_native == reply.target.native
    assert letter.root_id == reply.conversation.thread_key


def test_the_attempt_is_written_before_the_call(answer, outbox, network, monkeypatch):
    reply = answer()
    seen = []

    def look(name, what):
        seen.append(list(Attempt.objects.values_list("reply_id", "outcome")))

    monkeypatch.setattr(network, "answer", look)
    outbox.deliver()
    assert seen == [[(reply.pk, "")]]


def test_a_held_answer_does_not_leave_early(answer, outbox):
    answer(held=True)
    assert outbox.deliver() == 0


def test_a_message_written_meanwhile_starts_a_new_turn(company, receive, answer, outbox):
    conversation = receive("Where is it?")
    root = conversation.turn.external_id
    answer(conversation=conversation)
    receive("And my refund?", root_id=root, parent_id=root)
    outbox.deliver()
    conversation.refresh_from_db()
    assert conversation.turn.body == "And my refund?"


def test_a_post_the_intake_saw_first_is_linked_and_not_taken_for_someone_else_s(
    company, receive, answer, outbox
):
    conversation = receive("Where is it?")
    root = conversation.turn.external_id
    reply = answer(conversation=conversation)
    ContextPost.objects.create(
        channel=company.channel, external_id=f"k-{reply.key}", parent_id_at_network=root,
        author_handle="meridian.example", by_us=True, body=reply.body, sent_at=clock.now(),
    )  # fmt: skip
    later = clock.now() - timedelta(milliseconds=1)
    receive("And my refund?", root_id=root, parent_id=root, sent_at=later)
    assert adopt_ours(company.channel, [f"k-{reply.key}"]) == 1
    outbox.deliver()
    message = Message.objects.get(direction="outbound")
    assert (message.author, message.reply.pk) == (company.mika, reply.pk)
    conversation.refresh_from_db()
    assert conversation.settled_until is None
    assert conversation.turn.body == "And my refund?"


def test_a_refused_answer_opens_the_turn_again(company, answer, outbox, network):
    network.answers = [Refused("The post was deleted.")]
    reply = answer()
    outbox.deliver()
    reply.refresh_from_db()
    assert (reply.state, reply.error) == (ReplyState.REFUSED, "The post was deleted.")
    assert told("ReplyRefused") == 1
    assert answer("Once more.", conversation=reply.conversation, by=company.ben).slot == 0


def test_a_rate_limit_makes_the_reply_and_its_channel_wait(company, answer, outbox, network):
    network.answers = [RateLimited("slow down", retry_after=30)]
    reply, other = answer(), answer()
    claim = outbox.claim(limit=1)[0]
    began, wait = clock.now(), timedelta(seconds=30)
    outbox.caller.deliver(claim)
    reply.refresh_from_db()
    company.channel.refresh_from_db()
    assert reply.state == ReplyState.QUEUED
    for moment in (reply.next_attempt_at, company.channel.wait_until):
        assert began + wait <= moment <= clock.now() + wait
    assert outbox.deliver() == 0
    other.refresh_from_db()
    assert other.state == ReplyState.HELD


def test_a_lost_login_holds_the_replies_and_a_new_one_lets_them_go(
    company, answer, outbox, network
):
    network.answers = [SessionLost("The login was revoked.")]
    reply = answer()
    outbox.deliver()
    reply.refresh_from_db()
    channel = Channel.objects.get()
    assert (reply.state, reply.error) == (ReplyState.QUEUED, "The login was revoked.")
    assert (channel.state, channel.last_error) == ("needs_login", "The login was revoked.")
    assert outbox.deliver() == 0
    set_channel(channel, state="connected", state_since=clock.now())
    assert outbox.deliver() == 1
    reply.refresh_from_db()
    assert (reply.state, reply.error) == (ReplyState.SENT, "")
    assert network.named("send") == [reply.key, reply.key]


def test_an_unreachable_network_is_tried_again_with_longer_pauses(answer, outbox, network):
    reply = answer()
    pauses = []
    for _ in range(8):
        network.answers = [ConnectorError("connection refused")]
        hold_over(reply)
        outbox.deliver()
        reply.refresh_from_db()
        assert reply.state == ReplyState.QUEUED
        pauses.append(round((reply.next_attempt_at - clock.now()).total_seconds()))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert told("ReplyDelayed") == 1  # the same trouble is told once


@pytest.mark.parametrize("failure", ["lost", Unclear("reset by peer"), ValueError("a defect")])
def test_an_unclear_send_is_never_repeated_before_somebody_looked(answer, outbox, network, failure):
    network.answers = [failure]
    reply = answer()
    outbox.deliver()
    reply.refresh_from_db()
    attempt = reply.attempts.get()
    assert (reply.state, attempt.outcome) == (ReplyState.CHECKING, Outcome.UNCLEAR)
    settle = network.capabilities.settle_seconds
    assert attempt.settle_at - attempt.started_at == timedelta(seconds=settle)
    assert reply.next_attempt_at == attempt.settle_at
    assert (outbox.deliver(), outbox.look()) == (0, 0)
    assert len(network.calls) == 1
    assert told("ReplyDoubted") == 1


def test_two_replies_of_a_conversation_leave_in_order(company, answer, outbox, network):
    first = answer("One.")
    second = answer("Two.", conversation=first.conversation, again=True)
    network.answers = [ConnectorError("connection refused")]
    assert outbox.deliver() == 1
    assert outbox.deliver() == 0  # the first waits, so the second does too
    hold_over(first)
    outbox.deliver()
    outbox.deliver()
    assert network.named("send") == [first.key, first.key, second.key]


def test_paused_lost_and_waiting_channels_send_nothing(company, answer, outbox):
    answer()
    for values in (
        {"state": "paused"},
        {"state": "needs_login"},
        {"state": "connected", "wait_until": clock.now() + timedelta(minutes=1)},
    ):
        set_channel(company.channel, **values)
        assert outbox.deliver() == 0
    set_channel(company.channel, state="failing", wait_until=None)
    assert outbox.deliver() == 1


def test_no_reply_is_claimed_twice(answer, outbox):
    for _ in range(5):
        answer()
    claims = [*outbox.claim(limit=3), *outbox.claim(limit=3)]
    assert len({claim.reply.pk for claim in claims}) == len(claims) == 5


def test_a_worker_that_comes_too_late_changes_nothing(answer, outbox):
    reply = answer()
    claim = outbox.claim()[0]
    hold_over(reply)
    assert outbox.look() == 1  # somebody else took over and found nothing
    with pytest.raises(Fenced):
        refused(claim, "no")
    reply.refresh_from_db()
    assert (reply.state, reply.error) == (ReplyState.QUEUED, "")


def test_a_claim_too_old_for_a_whole_call_makes_no_call(answer, outbox, network):
    reply = answer()
    claim = replace(outbox.claim()[0], call_before=clock.monotonic() - 1)
    outbox.caller.deliver(claim)
    reply.refresh_from_db()
    assert reply.state == ReplyState.SENDING
    assert network.calls == []


def test_a_text_changed_behind_its_author_s_back_does_not_leave(answer, outbox, network):
    reply = answer("Tomorrow.")
    Reply.objects.filter(pk=reply.pk).update(body="Never.")
    outbox.deliver()
    reply.refresh_from_db()
    assert reply.state == ReplyState.REFUSED
    assert network.calls == []


def test_a_channel_without_connector_does_not_stop_the_others(company, answer, network):
    def connector_for(channel):
        raise KeyError(channel.network)

    outbox = Outbox(network)
    outbox.lines._connector_for = connector_for
    answer()
    assert outbox.lines.usable() == []
    assert outbox.deliver() == 0


def test_a_lease_shorter_than_a_call_is_refused():
    with pytest.raises(ValueError, match="shorter than the lease"):
        Pace(deadline=20, lease=20)


def test_a_delivered_answer_cannot_be_undone(company, answer, outbox):
    reply = answer()
    outbox.deliver()
    with pytest.raises(TooLate):
        undo(reply, by=company.mika)
    assert Message.objects.filter(external_id=receipt_for(reply.key).external_id).count() == 1
