"""Who has a conversation."""

from __future__ import annotations

import pytest

from harken.domain.conversations.services.assign import Taken, assign, take
from harken.domain.journal.models import Event
from harken.kit.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def test_taking_records_who_and_tells_the_team(company, receive):
    conversation = take(receive(), by=company.mika)
    assert conversation.assignee == company.mika
    event = Event.objects.get(kind="ConversationAssigned")
    assert event.actor_id == company.mika.pk
    assert event.data == {"assignee": company.mika.pk, "before": None, "cause": ""}
    assert event.teams == [company.service.pk]


def test_what_a_colleague_has_cannot_be_taken_but_can_be_assigned(company, receive):
    conversation = receive()
    take(conversation, by=company.mika)
    with pytest.raises(Taken, match="Mika already has"):
        take(conversation, by=company.ben)
    assert assign(conversation, to=company.ben, by=company.ben).assignee == company.ben
    assert assign(conversation, to=None, by=company.lena).assignee is None


def test_taking_twice_is_one_event(company, receive):
    conversation = receive()
    take(conversation, by=company.mika)
    take(conversation, by=company.mika)
    assert Event.objects.filter(kind="ConversationAssigned").count() == 1


def test_nobody_gets_what_they_could_not_see_or_answer(company, receive):
    conversation = receive()
    with pytest.raises(Invalid, match="not in Service"):
        assign(conversation, to=company.bea, by=company.lena)
    with pytest.raises(Invalid, match="cannot answer"):
        assign(conversation, to=company.vic, by=company.lena)
    assign(conversation, to=company.maren, by=company.lena)


def test_viewers_change_nothing(company, receive):
    with pytest.raises(NotAllowed):
        take(receive(), by=company.vic)
