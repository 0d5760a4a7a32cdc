"""What a person types is kept, once, and comes back after a crash."""

from __future__ import annotations

import uuid

import pytest

from harken.domain.replies.models import Draft
from harken.domain.replies.queries import draft_of, drafted_by
from harken.domain.replies.services.draft import drop_draft, save_draft
from harken.domain.replies.services.send import send
from harken.kit.refusals import NotAllowed
from tests.domain.replies.conftest import told

pytestmark = pytest.mark.django_db


def test_a_draft_is_found_again(company, receive):
    conversation = receive()
    save_draft(conversation, body="Dear Amara", by=company.mika)
    assert draft_of(conversation, company.mika).body == "Dear Amara"
    assert drafted_by(company.mika, [conversation.pk]).alone() == {conversation.pk}


def test_a_person_has_one_draft_a_conversation_and_its_key_stays(company, receive):
    conversation = receive()
    first = save_draft(conversation, body="Dear", by=company.mika)
    second = save_draft(conversation, body="Dear Amara", by=company.mika)
    assert Draft.objects.count() == 1
    assert first.client_key == second.client_key
    assert told("DraftStarted") == 1


def test_two_people_write_beside_each_other(company, receive):
    conversation = receive()
    save_draft(conversation, body="Mika's", by=company.mika)
    save_draft(conversation, body="Ben's", by=company.ben)
    assert draft_of(conversation, company.mika).body == "Mika's"
    assert draft_of(conversation, company.ben).body == "Ben's"


def test_an_emptied_draft_is_dropped(company, receive):
    conversation = receive()
    save_draft(conversation, body="Dear", by=company.mika)
    save_draft(conversation, body="  \n", by=company.mika)
    assert not Draft.objects.exists()
    assert told("DraftDropped") == 1


def test_dropping_no_draft_tells_nothing(company, receive):
    drop_draft(receive(), by=company.mika)
    assert told("DraftDropped") == 0


def test_a_save_that_arrives_after_its_send_brings_nothing_back(company, receive):
    conversation = receive()
    page = draft_of(conversation, company.mika)
    save_draft(conversation, body="It", by=company.mika, client_key=page.client_key)
    sent = {"body": "It is here.", "by": company.mika, "client_key": page.client_key}
    send(conversation, **sent)
    late = save_draft(conversation, **sent)
    assert late.pk is None
    assert late.client_key != page.client_key


def test_the_page_s_key_is_the_draft_s_key(company, receive):
    conversation = receive()
    key = uuid.uuid4()
    assert save_draft(conversation, body="It", by=company.mika, client_key=key).client_key == key


def test_bytes_no_database_holds_are_replaced(company, receive):
    conversation = receive()
    assert save_draft(conversation, body="a\x00b\ud800c", by=company.mika).body == "a\ufffdb\ufffdc"


def test_viewers_and_other_teams_write_no_drafts(company, receive):
    conversation = receive()
    for outsider in (company.vic, company.bea):
        with pytest.raises(NotAllowed):
            save_draft(conversation, body="Dear", by=outsider)
    assert not Draft.objects.exists()
