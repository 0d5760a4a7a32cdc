"""A topic routes to its team; both teams are told."""

from __future__ import annotations

from uuid import uuid4

import pytest

from harken.domain.conversations.models import Note
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.services.assign import take
from harken.domain.conversations.services.notes import write_note
from harken.domain.conversations.services.topics import move, set_topic
from harken.domain.journal.models import Event
from harken.kit.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def test_a_topic_of_another_team_moves_the_conversation_there(company, receive):
    conversation = receive()
    take(conversation, by=company.mika)
    moved = set_topic(conversation, company.invoice, by=company.mika)
    assert (moved.topic, moved.team) == (company.invoice, company.billing)
    assert moved.assignee is None
    event = Event.objects.get(kind="TeamChanged")
    assert event.teams == sorted([company.service.pk, company.billing.pk])
    assert not visible_to(company.mika).filter(pk=moved.pk).exists()
    assert visible_to(company.bea).filter(pk=moved.pk).exists()
    assert visible_to(company.elif_).filter(pk=moved.pk).exists()


def test_a_conversation_without_a_team_is_everybodys(company, receive):
    moved = move(receive(), to=None, by=company.mika)
    for user in (company.mika, company.bea, company.vic):
        assert visible_to(user).filter(pk=moved.pk).exists()


def test_a_note_written_twice_by_a_nervous_browser_is_one_note(company, receive):
    conversation = receive()
    key = uuid4()
    for _ in range(2):
        write_note(conversation, body=" Call him. ", client_key=key, by=company.mika)
    assert Note.objects.get().body == "Call him."
    assert Event.objects.filter(kind="NoteWritten").count() == 1


def test_an_empty_note_and_a_viewers_note_are_refused(company, receive):
    conversation = receive()
    with pytest.raises(Invalid):
        write_note(conversation, body="  ", client_key=uuid4(), by=company.mika)
    with pytest.raises(NotAllowed):
        write_note(conversation, body="x", client_key=uuid4(), by=company.vic)
