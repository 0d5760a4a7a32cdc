"""Taking an answer back at the network: evidence, reason, and what stands instead."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from harken.connectors.loopback.connector import LoopbackConnector
from harken.domain.conversations.models import Message
from harken.domain.notifications.models import Notification
from harken.domain.replies.models import Draft, NetworkAction, Reply, ReplyState
from harken.domain.replies.models_retraction import Retraction
from harken.domain.replies.queries_retractions import corrects, retractions, with_corrections
from harken.domain.replies.services.network_actions import CannotAct
from harken.domain.replies.services.retract import Wish, retract
from harken.domain.replies.services.send import send
from harken.domain.replies.services.settle import edit_again
from harken.domain.replies.services.undo import undo
from harken.kit.connector import Refused, Unclear
from harken.kit.refusals import Invalid, NotAllowed
from tests.domain.replies.conftest import hold_over, told

pytestmark = pytest.mark.django_db

WRONG = Wish("wrong")
RIGHT = Wish("wrong", correcting="It arrives on Monday, Amara. Sorry for the wrong day.")


@pytest.fixture
def delivered(answer, outbox) -> Message:
    reply = answer()
    outbox.deliver()
    Message.objects.filter(reply=reply).update(raw=b'{"text": "as the network had it"}')
    return Message.objects.get(reply=reply)


def test_a_retraction_marks_the_message_only_once_the_network_confirmed(
    company, delivered, outbox, network
):
    kept = retract(delivered, WRONG, by=company.mika)
    delivered.refresh_from_db()
    assert (delivered.deleted_at, kept.deleted_at) == (None, None)
    outbox.act()
    delivered.refresh_from_db()
    kept.refresh_from_db()
    assert delivered.deleted_at is not None
    assert kept.deleted_at is not None
    assert Reply.objects.get().state == ReplyState.RETRACTED
    assert network.named("delete") == [delivered.external_id]


def test_the_evidence_says_who_what_when_and_why(company, delivered):
    kept = retract(delivered, Wish("other", "He is not our customer"), by=company.lena)
    assert (kept.by, kept.author) == (company.lena, company.mika)
    assert kept.said_reason == "He is not our customer"
    assert kept.written == kept.stood == "It arrives tomorrow, Amara."
    assert (kept.external_id, kept.url) == (delivered.external_id, delivered.url)
    assert kept.sent_at == delivered.sent_at
    assert bytes(kept.raw or b"") == b'{"text": "as the network had it"}'


def test_evidence_keeps_what_stood_there_and_what_its_author_had_sent(company, delivered):
    Message.objects.filter(pk=delivered.pk).update(body="Changed at the network.")
    kept = retract(delivered, WRONG, by=company.mika)
    assert (kept.written, kept.stood) == ("It arrives tomorrow, Amara.", "Changed at the network.")


@pytest.mark.parametrize(
    "change",
    [
        {"stood": "Something kinder."},
        {"written": ""},
        {"reason": "tone"},
        {"why": "never mind"},
        {"raw": None},
        {"asked_at": "2020-01-01T00:00:00Z"},
        {"author_id": None},
        {"deleted_at": None},
    ],
)
def test_the_database_refuses_to_change_the_evidence(company, delivered, outbox, change):
    kept = retract(delivered, WRONG, by=company.mika)
    outbox.act()
    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
        Retraction.objects.filter(pk=kept.pk).update(**change)


def test_the_database_refuses_to_delete_the_evidence_or_what_it_is_of(company, delivered):
    retract(delivered, WRONG, by=company.mika)
    for rows in (Retraction.objects.all(), NetworkAction.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete(rows.db)  # as a statement of one's own would, past Django's own guard
            connection.check_constraints()
    assert Retraction.objects.get().stood == delivered.body


def test_a_reason_is_asked_for_and_another_one_in_words(company, delivered):
    for wish in (Wish(""), Wish("because"), Wish("other"), Wish("other", "  ")):
        with pytest.raises(Invalid):
            retract(delivered, wish, by=company.mika)
    assert not NetworkAction.objects.exists()


def test_only_its_author_and_those_who_lead_may_retract(company, delivered):
    for other in (company.ben, company.vic, company.bea):
        with pytest.raises(NotAllowed):
            retract(delivered, WRONG, by=other)
    assert retract(delivered, WRONG, by=company.lena).action.state == ReplyState.QUEUED


def test_a_customer_s_post_cannot_be_retracted(company, receive):
    with pytest.raises(CannotAct):
        retract(receive(by="kofi").turn, WRONG, by=company.mika)


def test_a_network_that_deletes_nothing_is_not_asked(company, delivered, monkeypatch):
    poor = replace(LoopbackConnector.capabilities, can_delete=False)
    monkeypatch.setattr(LoopbackConnector, "capabilities", poor)
    with pytest.raises(CannotAct, match="does not let us delete"):
        retract(delivered, WRONG, by=company.mika)
    assert not Retraction.objects.exists()


def test_asking_twice_is_one_deletion_and_one_piece_of_evidence(company, delivered, outbox):
    first = retract(delivered, WRONG, by=company.mika)
    assert retract(delivered, Wish("tone"), by=company.lena) == first
    assert (outbox.act(), outbox.act()) == (1, 0)
    assert Retraction.objects.get().reason == "wrong"


def test_an_unclear_deletion_is_repeated(company, delivered, outbox, network):
    network.answers = [Unclear("no answer")]
    action = retract(delivered, WRONG, by=company.mika).action
    outbox.act()
    action.refresh_from_db()
    assert (action.state, action.error) == (ReplyState.QUEUED, "no answer")


def test_what_the_network_keeps_is_told_to_who_wrote_asked_and_leads(
    company, delivered, outbox, network
):
    network.answers = [Refused("too old to delete")]
    retract(delivered, WRONG, by=company.lena)
    outbox.act()
    people = set(Notification.objects.filter(kind="not_deleted").values_list("person", flat=True))
    assert people == {company.mika.pk, company.lena.pk, company.maren.pk}
    delivered.refresh_from_db()
    assert delivered.deleted_at is None
    assert with_corrections(retractions(company.lena))[0].state == "refused"


def test_what_the_network_kept_can_be_asked_for_again_with_the_first_evidence(
    company, delivered, outbox, network
):
    network.answers = [Refused("try later")]
    first = retract(delivered, WRONG, by=company.mika)
    outbox.act()
    assert retract(delivered, Wish(""), by=company.lena) == first
    outbox.act()
    first.refresh_from_db()
    assert first.deleted_at is not None
    assert with_corrections(retractions(company.lena))[0].state == "deleted"


def test_a_refused_like_tells_nobody(company, receive, outbox, network):
    from harken.domain.replies.services.network_actions import like

    network.answers = [Refused("blocked")]
    like(receive().turn, by=company.mika)
    outbox.act()
    assert not Notification.objects.filter(kind="not_deleted").exists()


def correction(company, delivered, **more) -> Reply:
    """What Mika wrote in the dialog, sent like every answer."""
    draft = Draft.objects.get(author=company.mika)
    found = delivered.conversation
    return send(found, body=draft.body, client_key=draft.client_key, by=company.mika, again=True)


def test_what_stands_instead_is_a_draft_first_and_then_an_ordinary_reply(
    company, delivered, outbox, network
):
    kept = retract(delivered, RIGHT, by=company.mika)
    assert Draft.objects.get().body == RIGHT.correcting
    assert Reply.objects.count() == 1  # nothing is sent by the dialog
    reply = correction(company, delivered)
    assert reply.state == ReplyState.HELD
    assert corrects(delivered.conversation, reply.client_key) == kept
    hold_over(reply)
    outbox.deliver()
    (found,) = with_corrections(retractions(company.mika))
    assert found.correcting == reply
    assert network.records[reply.key].text == RIGHT.correcting


def test_an_undone_correction_still_corrects_when_it_is_sent_again(company, delivered):
    kept = retract(delivered, RIGHT, by=company.mika)
    undo(correction(company, delivered), by=company.mika)
    again = correction(company, delivered)
    assert corrects(delivered.conversation, again.client_key) == kept


def test_a_refused_correction_still_corrects_when_it_is_edited(company, delivered, outbox, network):
    kept = retract(delivered, RIGHT, by=company.mika)
    reply = correction(company, delivered)
    hold_over(reply)
    network.answers = [Refused("no")]
    outbox.deliver()
    reply.refresh_from_db()
    edit_again(reply, by=company.mika)
    again = correction(company, delivered)
    assert corrects(delivered.conversation, again.client_key) == kept


def test_what_was_being_typed_is_kept_behind_the_correction(company, delivered):
    from harken.domain.replies.services.draft import save_draft

    save_draft(delivered.conversation, body="And also", by=company.mika, client_key=uuid.uuid4())
    retract(delivered, RIGHT, by=company.mika)
    assert Draft.objects.get().body == f"{RIGHT.correcting}\n\nAnd also"


def test_who_may_not_see_the_conversation_does_not_see_the_retraction(company, delivered):
    retract(delivered, WRONG, by=company.mika)
    assert not retractions(company.bea).exists()
    assert retractions(company.elif_).count() == 1


def test_asking_is_told_once_and_so_is_the_deletion(company, delivered, outbox):
    retract(delivered, WRONG, by=company.mika)
    outbox.act()
    assert (told("ActionAsked"), told("ActionDone")) == (1, 1)
