"""A promise's clock follows its turn, whatever happens to the conversation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.close import close, reopen
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.conversations.services.topics import set_topic
from harken.domain.journal.models import Event
from harken.domain.sla.alarms import ring
from harken.domain.sla.models import (
    AppliedSLA,
    End,
    Metric,
    PromiseState,
    SLAEvent,
    SLAPolicy,
)
from harken.kit.connector import PostDeleted
from tests.cast import Company
from tests.domain.sla.conftest import Answer, ago, clocks

Receive = Callable[..., Conversation]
MINUTE = timedelta(seconds=60)


def breaches() -> int:
    return Event.objects.filter(kind="SLABreached").count()


def test_the_clock_starts_with_the_message_and_at_the_networks_time(receive: Receive) -> None:
    sent = ago(7)
    conversation = receive(sent_at=sent)
    (clock,) = clocks(conversation)
    assert (clock.metric, clock.state) == (Metric.FIRST_RESPONSE, PromiseState.PENDING)
    assert clock.started_at == sent
    assert clock.due_at == sent + MINUTE
    assert (conversation.due_at, conversation.due_seconds) == (sent + MINUTE, 60)


def test_a_second_message_of_the_same_turn_does_not_start_the_clock_anew(
    receive: Receive,
) -> None:
    first = ago(20)
    conversation = receive(sent_at=first)
    receive("Hello?", root_id=conversation.thread_key, sent_at=ago(3))
    assert [clock.started_at for clock in clocks(conversation)] == [first]


def test_an_older_message_that_comes_in_late_moves_the_start_back(receive: Receive) -> None:
    conversation = receive(sent_at=ago(10))
    earlier = ago(30)
    again = receive("I wrote this first", root_id=conversation.thread_key, sent_at=earlier)
    (clock,) = clocks(conversation)
    assert clock.started_at == earlier
    assert again.due_at == clock.due_at == earlier + MINUTE
    assert clock.turn_id == again.turn_id


@pytest.mark.parametrize(
    ("took", "state"),
    [(59, PromiseState.MET), (60, PromiseState.MET), (61, PromiseState.BREACHED)],
)
def test_the_answers_time_at_the_network_decides(
    receive: Receive, answer: Answer, took: int, state: PromiseState
) -> None:
    sent = ago(500)
    conversation = receive(sent_at=sent)
    answer(conversation, sent + timedelta(seconds=took))
    (clock,) = clocks(conversation)
    assert (clock.state, clock.ended_by) == (state, End.ANSWERED)
    assert clock.spent == took
    assert conversation.due_at is None
    assert breaches() == (state == PromiseState.BREACHED)
    assert ring() == 0


def test_a_late_answer_after_the_alarm_is_not_told_twice(receive: Receive, answer: Answer) -> None:
    sent = ago(100)
    conversation = receive(sent_at=sent)
    assert ring() == 1
    assert clocks(conversation)[0].state == PromiseState.BREACHED
    answer(conversation, sent + timedelta(seconds=90))
    (clock,) = clocks(conversation)
    assert (clock.state, clock.spent) == (PromiseState.BREACHED, 90)
    assert breaches() == 1


def test_an_answer_in_time_that_is_heard_late_takes_the_breach_back(
    receive: Receive, answer: Answer
) -> None:
    sent = ago(100)
    conversation = receive(sent_at=sent)
    ring()
    answer(conversation, sent + timedelta(seconds=59))
    assert clocks(conversation)[0].state == PromiseState.MET
    assert Event.objects.filter(kind="SLAKeptAfterAll").count() == 1
    kinds = SLAEvent.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["breached", "met"]


def test_the_next_turn_has_a_clock_of_its_own(receive: Receive, answer: Answer) -> None:
    sent = ago(300)
    conversation = receive(sent_at=sent)
    answer(conversation, sent + timedelta(seconds=20))
    asked = ago(100)
    receive("And the invoice?", root_id=conversation.thread_key, sent_at=asked)
    first, second = clocks(conversation)
    assert (first.metric, first.state) == (Metric.FIRST_RESPONSE, PromiseState.MET)
    assert (second.metric, second.started_at) == (Metric.NEXT_RESPONSE, asked)
    answer(conversation, asked + timedelta(seconds=70))
    assert clocks(conversation)[1].spent == 70


def test_a_post_taken_back_in_time_counts_neither_way(company: Company, receive: Receive) -> None:
    sent = ago(40)
    conversation = receive(sent_at=sent)
    message = conversation.messages.get()
    receive_posts(company.channel, [PostDeleted(message.external_id, sent + MINUTE / 2)])
    (clock,) = clocks(conversation)
    assert (clock.state, clock.ended_by) == (PromiseState.DROPPED, End.DELETED)
    assert ring() == 0


def test_closing_ends_the_clock_and_reopening_lets_it_run_on(
    company: Company, receive: Receive
) -> None:
    conversation = receive(sent_at=ago(10))
    close(conversation, reason="thanks", by=company.mika)
    (clock,) = clocks(conversation)
    assert (clock.state, clock.ended_by) == (PromiseState.MET, End.CLOSED)
    again = reopen(conversation, by=company.mika)
    (clock,) = clocks(conversation)
    assert (clock.state, clock.ended_at) == (PromiseState.PENDING, None)
    again.refresh_from_db()
    assert again.due_at == clock.due_at == clock.started_at + MINUTE


def test_the_first_policy_in_order_whose_conditions_hold_applies(
    company: Company, receive: Receive
) -> None:
    SLAPolicy.objects.update(position=9)
    values = {"first_response": 1000}
    SLAPolicy.objects.create(name="Billing", position=1, team=company.billing, **values)
    SLAPolicy.objects.create(name="Retired", position=2, retired_at=ago(1), **values)
    mine = SLAPolicy.objects.create(
        name="Mentions", position=3, channel=company.channel, why="mention", first_response=30
    )
    assert [clock.policy for clock in clocks(receive())] == [mine]


def test_another_topic_brings_another_promise_and_the_start_stays(
    company: Company, receive: Receive
) -> None:
    SLAPolicy.objects.update(position=9)
    slow = SLAPolicy.objects.create(
        name="Billing", position=1, team=company.billing, first_response=600
    )
    sent = ago(30)
    conversation = receive(sent_at=sent)
    set_topic(conversation, company.invoice, by=company.mika)
    (clock,) = clocks(conversation)
    assert (clock.policy, clock.started_at) == (slow, sent)
    conversation.refresh_from_db()
    assert conversation.due_at == sent + timedelta(seconds=600)
    assert SLAEvent.objects.get().kind == "changed"


def test_a_breach_is_not_undone_by_handing_over(company: Company, receive: Receive) -> None:
    SLAPolicy.objects.update(position=9)
    SLAPolicy.objects.create(name="B", position=1, team=company.billing, first_response=600)
    conversation = receive(sent_at=ago(70))
    ring()
    set_topic(conversation, company.invoice, by=company.mika)
    (clock,) = clocks(conversation)
    assert (clock.state, clock.target) == (PromiseState.BREACHED, 60)


def test_without_a_policy_there_is_no_clock_and_a_later_one_does_not_break_the_answer(
    receive: Receive, answer: Answer
) -> None:
    SLAPolicy.objects.update(retired_at=ago(1))
    conversation = receive(sent_at=ago(10))
    assert conversation.due_at is None
    answer(conversation, ago(1))
    assert not AppliedSLA.objects.exists()


def test_the_solving_clock_pauses_only_where_the_policy_says_so(
    receive: Receive, answer: Answer, company: Company
) -> None:
    SLAPolicy.objects.update(resolution=3600, pauses=True)
    sent = ago(1000)
    conversation = receive(sent_at=sent)
    answer(conversation, sent + timedelta(seconds=100))
    (paused,) = clocks(conversation, Metric.RESOLUTION)
    assert (paused.spent, paused.runs_since, paused.due_at) == (100, None, None)
    asked = sent + timedelta(seconds=800)
    receive("Still broken", root_id=conversation.thread_key, sent_at=asked)
    (running,) = clocks(conversation, Metric.RESOLUTION)
    assert running.due_at == asked + timedelta(seconds=3500)
    close(conversation, reason="other", by=company.mika)
    (ended,) = clocks(conversation, Metric.RESOLUTION)
    assert ended.state == PromiseState.MET
    assert 300 <= ended.spent < 400


def test_the_solving_clock_runs_on_where_nothing_is_said(receive: Receive, answer: Answer) -> None:
    SLAPolicy.objects.update(resolution=3600, pauses=False)
    sent = ago(1000)
    conversation = receive(sent_at=sent)
    answer(conversation, sent + timedelta(seconds=100))
    (running,) = clocks(conversation, Metric.RESOLUTION)
    assert running.due_at == sent + timedelta(seconds=3600)
