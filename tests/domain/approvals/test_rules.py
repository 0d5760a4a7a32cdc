"""Which answers need whose word."""

from __future__ import annotations

import uuid

import pytest

from harken.domain.approvals.models import Approval
from harken.domain.approvals.services.asking import gate_of
from harken.domain.approvals.services.rules import (
    Terms,
    move_rule,
    retire_rule,
    save_rule,
    set_trainee,
    switch_crisis,
)
from harken.domain.contacts.models import Handle
from harken.domain.conversations.models import Topic
from harken.domain.conversations.services.topics import set_topic
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.services.send import send
from harken.kit.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def rule(company, **conditions):
    conditions.setdefault("approvers", (company.lena,))
    return save_rule(None, Terms(name="A rule", **conditions), by=company.lena)


def held_back(conversation, by) -> str:
    gate = gate_of(conversation, "Tomorrow.", by)
    return gate.sentence if gate else ""


def test_without_rules_everybody_answers_alone(company, receive):
    assert held_back(receive(), company.mika) == ""


def test_a_trainee_s_answers_are_read_until_they_have_learnt(company, receive):
    rule(company, trainee=True)
    conversation = receive()
    assert held_back(conversation, company.mika) == ""
    set_trainee(company.mika, learns=True, by=company.lena)
    assert held_back(conversation, company.mika) == (
        "Lena reads it before it leaves, because Mika is learning."
    )
    assert held_back(conversation, company.ben) == ""
    set_trainee(company.mika, learns=False, by=company.lena)
    assert held_back(conversation, company.mika) == ""


def test_a_topic_means_what_hangs_below_it_too(company, receive):
    lost = Topic.objects.create(name="Lost", slug="lost", parent=company.baggage)
    rule(company, topic=company.baggage)
    conversation = receive()
    assert held_back(conversation, company.mika) == ""
    set_topic(conversation, lost, by=company.mika)
    conversation.refresh_from_db()
    assert "the topic is Baggage" in held_back(conversation, company.mika)


def test_reach_is_the_customer_s_followers(company, receive):
    rule(company, followers_over=5000)
    conversation = receive()
    Handle.objects.update(followers=5000)
    conversation.handle.refresh_from_db()
    assert held_back(conversation, company.mika) == ""
    Handle.objects.update(followers=12_400)
    conversation.handle.refresh_from_db()
    assert "12,400 people follow them" in held_back(conversation, company.mika)


def test_network_and_channel(company, receive):
    conversation = receive()
    first = rule(company, network="bluesky")
    assert held_back(conversation, company.mika) == ""
    retire_rule(first, by=company.lena)
    rule(company, network="loopback", channel=company.channel)
    assert "it leaves by loopback and it leaves by meridian.example" in held_back(
        conversation, company.mika
    )


def test_the_first_answer_to_a_customer_and_the_first_of_a_writer(company, receive):
    to_customer = rule(company, first="customer")
    conversation, other = receive(by="amara"), receive(by="zora")
    assert "our first answer to them" in held_back(conversation, company.mika)
    reply = send(conversation, body="Tomorrow.", client_key=uuid.uuid4(), by=company.lena)
    assert reply.state == ReplyState.HELD
    assert held_back(conversation, company.mika) == ""
    assert held_back(other, company.mika) != ""
    retire_rule(to_customer, by=company.lena)
    rule(company, first="writer", approvers=(company.maren,))
    assert held_back(other, company.lena) == ""
    assert "the first answer of Mika" in held_back(other, company.mika)


def test_a_crisis_switches_rules_on_and_off(company, receive):
    rule(company, crisis=True)
    conversation = receive()
    assert held_back(conversation, company.mika) == ""
    switch_crisis(on=True, by=company.lena)
    switch_crisis(on=True, by=company.maren)
    assert "there is a crisis" in held_back(conversation, company.mika)
    switch_crisis(on=False, by=company.lena)
    assert held_back(conversation, company.mika) == ""


def test_the_first_rule_that_fits_decides(company, receive):
    rule(company, approvers=(company.lena,))
    second = rule(company, approvers=(company.maren,))
    conversation = receive()
    assert held_back(conversation, company.mika).startswith("Lena")
    move_rule(second, up=True, by=company.lena)
    assert held_back(conversation, company.mika).startswith("Maren")


def test_whom_a_rule_names_needs_nobody_under_it(company, receive):
    rule(company, approvers=(company.lena, company.ben))
    conversation = receive()
    assert held_back(conversation, company.ben) == ""
    assert held_back(conversation, company.lena) == ""
    assert held_back(conversation, company.mika) != ""


def test_the_lead_on_duty_is_found_when_it_is_asked(company, receive):
    rule(company, approvers=(None,))
    assert held_back(receive(), company.mika).startswith("Lena reads it")


@pytest.mark.parametrize("who", ["mika", "elif_", "vic"])
def test_only_leads_and_managers_write_rules(company, who):
    by = getattr(company, who)
    for attempt in (
        lambda: save_rule(None, Terms(name="Mine", approvers=(company.lena,)), by=by),
        lambda: set_trainee(company.ben, learns=True, by=by),
        lambda: switch_crisis(on=True, by=by),
    ):
        with pytest.raises(NotAllowed):
            attempt()


@pytest.mark.parametrize(
    "wrong",
    [
        {"approvers": ()},
        {"approvers": (None, None)},
        {"name": " "},
        {"next_after": 5},
        {"first": "nobody"},
        {"followers_over": -1},
    ],
)
def test_a_rule_that_cannot_work_is_refused(company, wrong):
    with pytest.raises(Invalid):
        save_rule(None, Terms(**{"name": "A", "approvers": (None,)} | wrong), by=company.lena)
    with pytest.raises(Invalid):
        save_rule(None, Terms(name="A", approvers=(company.vic,)), by=company.lena)


def test_send_itself_asks_so_no_page_can_go_around(company, receive):
    set_trainee(company.mika, learns=True, by=company.lena)
    rule(company, trainee=True)
    reply = send(receive(), body="Tomorrow.", client_key=uuid.uuid4(), by=company.mika)
    assert reply.state == ReplyState.APPROVAL
    assert Reply.objects.get().approval.why.startswith("Lena reads it before it leaves")
    assert Approval.objects.get().wordings.get().body == "Tomorrow."
