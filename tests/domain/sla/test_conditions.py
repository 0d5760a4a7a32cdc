"""A promise may ask for a priority and for a mark; a change of either is felt at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from harken.domain.contacts.services import set_mark
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.priority import set_priority
from harken.domain.sla.models import SLAPolicy
from harken.domain.sla.services.policies import Terms, add_policy, move_policy
from harken.kit.refusals import Invalid
from tests.cast import Company
from tests.domain.sla.conftest import ago, clocks

Receive = Callable[..., Conversation]


def promise_first(company: Company, **terms: object) -> SLAPolicy:
    """A promise that is tried before the one for everybody."""
    made = add_policy(Terms(name="Sooner", **terms), by=company.maren)  # type: ignore[arg-type]
    return move_policy(made, up=True, by=company.maren)


def test_a_higher_priority_gets_its_own_promise_from_the_same_start(
    company: Company, receive: Receive
) -> None:
    promise_first(company, priority="urgent", first_response=20)
    sent = ago(5)
    conversation = receive(sent_at=sent)
    assert conversation.due_seconds == 60
    changed = set_priority(conversation, "urgent", by=company.mika)
    assert (changed.due_seconds, changed.due_at) == (20, sent + timedelta(seconds=20))
    assert set_priority(conversation, "low", by=company.mika).due_seconds == 60
    assert len(clocks(conversation)) == 1


def test_a_mark_gets_its_own_promise_in_every_open_conversation(
    company: Company, receive: Receive
) -> None:
    promise_first(company, mark="press", first_response=30)
    first, second = receive(by="amara"), receive(by="amara")
    other = receive(by="jonas")
    set_mark(first.contact, "press", by=company.mika)
    for each in (first, second, other):
        each.refresh_from_db()
    assert [each.due_seconds for each in (first, second, other)] == [30, 30, 60]
    assert receive(by="amara").due_seconds == 30


def test_both_conditions_must_hold(company: Company, receive: Receive) -> None:
    promise_first(company, mark="vip", priority="high", first_response=10)
    conversation = receive()
    assert set_priority(conversation, "high", by=company.mika).due_seconds == 60
    set_mark(conversation.contact, "vip", by=company.mika)
    conversation.refresh_from_db()
    assert conversation.due_seconds == 10


@pytest.mark.parametrize("terms", [{"priority": "asap"}, {"mark": "annoying"}])
def test_unknown_words_are_refused(company: Company, terms: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        promise_first(company, first_response=10, **terms)
