"""An executive's voice: whoever drafts, only they let it go."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction

from harken.domain.approvals.models import Approval
from harken.domain.approvals.models_rules import Voice
from harken.domain.approvals.queries import agreed, count_for
from harken.domain.approvals.queries_rules import voice_of
from harken.domain.approvals.services.decide import approve, edit, give_back
from harken.domain.approvals.services.rules import Terms, save_rule
from harken.domain.approvals.services.voices import give_voice, retire_voice, signed
from harken.domain.people.models import Role
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.services.send import send
from harken.domain.replies.services.undo import undo
from harken.kit.refusals import Invalid, NotAllowed
from tests.cast import person
from tests.domain.replies.conftest import hold_over

pytestmark = pytest.mark.django_db
SIGNATURE = "— Elif Arslan, managing director"
TEXT = "Amara, this should not have happened and I am sorry."
OTHERS = ("mika", "ben", "bea", "lena", "maren", "vic")


@pytest.fixture
def voice(company) -> Voice:
    return give_voice(company.elif_, signature=SIGNATURE, by=company.maren)


def say(conversation, by, body: str) -> Reply:
    return send(conversation, body=body, client_key=uuid.uuid4(), by=by)


def test_the_executive_s_own_answer_needs_nobody(company, voice, receive):
    terms = Terms(name="Everything", approvers=(company.lena,))
    save_rule(None, terms, by=company.lena)
    body = signed(TEXT, voice, writer=company.elif_)
    reply = say(receive(), company.elif_, body)
    assert (reply.state, reply.author) == (ReplyState.HELD, company.elif_)
    assert reply.body.endswith(SIGNATURE)


@pytest.mark.parametrize("who", ["mika", "lena", "maren"])
def test_whoever_signs_with_it_only_drafts(company, voice, receive, outbox, who):
    by = getattr(company, who)
    reply = say(receive(), by, f"{TEXT}\n{SIGNATURE}")
    assert reply.state == ReplyState.APPROVAL
    approval = Approval.objects.get()
    assert (approval.only_by, approval.writer) == (company.elif_, by)
    assert count_for(company.elif_).alone() == 1
    hold_over(reply)
    assert outbox.deliver() == 0


@pytest.mark.parametrize(
    "written",
    [
        "-- ELIF ARSLAN, Managing  Director",
        "— Elif\u00a0Arslan, managing director",
        "Elif Arslan, managing director\n\nPS: and a voucher. /Mika",
        "— Ｅｌｉｆ Arslan,\nmanaging director",
    ],
)
def test_it_is_found_however_it_is_written(company, voice, receive, written):
    assert say(receive(), company.mika, f"{TEXT} {written}").state == ReplyState.APPROVAL


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("verb", ["approve", "edit", "give_back"])
def test_nobody_else_decides_it_in_any_role(company, voice, receive, who, verb):
    say(receive(), company.ben, f"{TEXT}\n{SIGNATURE}")
    approval, by = Approval.objects.get(), getattr(company, who)
    attempt = {
        "approve": lambda: approve(approval, by=by),
        "edit": lambda: edit(approval, body="Something else. /Ben", by=by),
        "give_back": lambda: give_back(approval, note="No.", by=by),
    }[verb]
    with pytest.raises(NotAllowed):
        attempt()
    assert Reply.objects.get().state == ReplyState.APPROVAL


def test_another_executive_is_nobody_else_too(company, voice, receive):
    omar = person("Omar", Role.EXECUTIVE)
    say(receive(), company.ben, f"{TEXT}\n{SIGNATURE}")
    with pytest.raises(NotAllowed):
        approve(Approval.objects.get(), by=omar)


def test_approved_it_is_the_executive_s_and_marked_inside_with_who_drafted_it(
    company, voice, receive, outbox
):
    reply = say(receive(), company.mika, f"{TEXT}\n{SIGNATURE}")
    sent = approve(Approval.objects.get(), body=f"{TEXT} Call me.\n{SIGNATURE}", by=company.elif_)
    assert isinstance(sent, Reply)
    assert (sent.pk, sent.author) == (reply.pk, company.elif_)
    hold_over(sent)
    assert outbox.deliver() == 1
    sent.refresh_from_db()
    assert sent.message is not None
    assert sent.message.author == company.elif_
    (record,) = outbox.network.records.values()
    assert record.text == f"{TEXT} Call me.\n{SIGNATURE}"
    assert agreed([sent.pk]) == {sent.pk: "drafted by Mika, changed and approved by Elif"}


def test_returned_it_is_the_drafter_s_again(company, voice, receive):
    reply = say(receive(), company.mika, f"{TEXT}\n{SIGNATURE}")
    give_back(Approval.objects.get(), note="Warmer, please.", by=company.elif_)
    assert draft_of(reply.conversation, company.mika).body == f"{TEXT}\n{SIGNATURE}"


def test_after_the_executive_s_yes_they_and_leads_may_undo_and_the_drafter_may_not(
    company, voice, receive
):
    say(receive(), company.mika, f"{TEXT}\n{SIGNATURE}")
    sent = approve(Approval.objects.get(), by=company.elif_)
    assert isinstance(sent, Reply)
    with pytest.raises(NotAllowed):
        undo(sent, by=company.mika)
    assert undo(sent, by=company.elif_).state == ReplyState.UNDONE


def test_an_approver_cannot_put_a_voice_into_somebody_s_words(company, voice, receive):
    save_rule(None, Terms(name="Everything", approvers=(company.lena,)), by=company.lena)
    say(receive(), company.mika, f"{TEXT} /Mika")
    approval = Approval.objects.get()
    for attempt in (approve, edit):
        with pytest.raises(NotAllowed):
            attempt(approval, body=f"{TEXT}\n{SIGNATURE}", by=company.lena)


def test_a_channel_of_their_own_is_theirs_whatever_is_written(company, receive):
    give_voice(company.elif_, signature=SIGNATURE, channel=company.channel, by=company.maren)
    conversation = receive()
    assert say(conversation, company.mika, f"{TEXT} /Mika").state == ReplyState.APPROVAL


def test_the_database_lets_nobody_else_speak_in_it(company, voice, receive):
    reply = say(receive(), company.mika, f"{TEXT} /Mika")
    columns = {
        name: getattr(reply, name)
        for name in ("conversation", "channel", "turn", "target", "answers_id", "hold_until")
    }
    forged = Reply(
        **columns,
        author=company.lena,
        client_key=uuid.uuid4(),
        key="forged",
        slot=7,
        state=ReplyState.QUEUED,
        next_attempt_at=reply.next_attempt_at,
        body=f"{TEXT}\n{SIGNATURE}",
    )
    with pytest.raises(IntegrityError, match="voice of somebody else"), transaction.atomic():
        forged.save(force_insert=True)


def test_who_gives_and_takes_a_voice(company, voice):
    for who in ("mika", "lena", "vic"):
        with pytest.raises(NotAllowed):
            give_voice(company.elif_, signature="— Somebody Else", by=getattr(company, who))
        with pytest.raises(NotAllowed):
            retire_voice(voice, by=getattr(company, who))
    with pytest.raises(Invalid):
        give_voice(company.mika, signature="— Mika Jansen", by=company.maren)
    with pytest.raises(Invalid):
        give_voice(company.elif_, signature="— E", by=company.maren)
    assert give_voice(company.elif_, signature="— Elif Arslan, CEO", by=company.elif_)
    assert Voice.objects.filter(retired_at=None).count() == 1
    retire_voice(Voice.objects.get(retired_at=None), by=company.maren)
    assert voice_of(company.elif_) is None


def test_the_signature_takes_the_place_of_the_writer_s(company, voice):
    assert signed("Sorry. /Mika", voice, writer=company.mika) == f"Sorry.\n{SIGNATURE}"
    once = signed("Sorry.", voice, writer=company.mika)
    assert signed(once, voice, writer=company.mika) == once
    assert signed("  ", voice, writer=company.mika) == ""
