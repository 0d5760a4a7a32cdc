"""Approving with edits, returning, and what the database refuses whoever asks."""

from __future__ import annotations

import hashlib
import uuid

import pytest
from django.db import IntegrityError, transaction

from harken.domain.approvals.models import Approval, Decision
from harken.domain.approvals.queries import agreed, asked_by, count_for, last_return, queue_of
from harken.domain.approvals.services.decide import (
    Decided,
    WordsMoved,
    approve,
    edit,
    give_back,
)
from harken.domain.conversations.models import Conversation
from harken.domain.notifications.models import Notification
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.queries_moved import place_in
from harken.domain.replies.services.checked import BlockedByCheck
from harken.domain.replies.services.send import AlreadyAnswered, ThreadMoved, send
from harken.domain.replies.services.undo import undo
from harken.kit.refusals import Invalid, NotAllowed
from tests.domain.approvals.conftest import TEXT
from tests.domain.replies.conftest import hold_over, told

pytestmark = pytest.mark.django_db
BETTER = "Your parcel arrives tomorrow before noon, Amara. /Mika"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_it_waits_holds_the_turn_and_leaves_by_no_worker(company, ask, outbox):
    approval = ask()
    assert approval.reply.state == ReplyState.APPROVAL
    hold_over(approval.reply)
    assert outbox.deliver() == 0
    with pytest.raises(AlreadyAnswered):
        send(approval.reply.conversation, body="Me!", client_key=uuid.uuid4(), by=company.ben)


def test_what_is_approved_is_sent_byte_for_byte(company, ask, outbox):
    approval = ask()
    sent = approve(approval, by=company.lena)
    assert isinstance(sent, Reply)
    assert (sent.state, sent.author) == (ReplyState.HELD, company.mika)
    hold_over(sent)
    assert outbox.deliver() == 1
    (record,) = outbox.network.records.values()
    approval.refresh_from_db()
    assert sha(record.text) == approval.sha256 == sha(TEXT)
    assert agreed([sent.pk]) == {sent.pk: "approved by Lena"}


def test_the_approver_s_words_leave_and_both_names_are_kept(company, ask, outbox):
    approval = ask()
    sent = approve(approval, body=BETTER, number=1, by=company.lena)
    assert isinstance(sent, Reply)
    assert sent.body == BETTER
    assert [(each.author, each.body) for each in approval.wordings.all()] == [
        (company.mika, TEXT),
        (company.lena, BETTER),
    ]
    assert agreed([sent.pk]) == {sent.pk: "changed and approved by Lena"}
    hold_over(sent)
    outbox.deliver()
    assert [record.text for record in outbox.network.records.values()] == [BETTER]


def test_words_somebody_else_changed_meanwhile_are_not_approved_unread(company, ask):
    approval = ask()
    edit(approval, body=BETTER, number=1, by=company.maren)
    with pytest.raises(WordsMoved):
        approve(approval, number=1, by=company.lena)
    assert approve(approval, number=2, by=company.lena).body == BETTER


def test_a_returned_answer_is_the_writer_s_draft_with_the_note_and_the_words(company, ask):
    approval = ask()
    edit(approval, body=BETTER, by=company.lena)
    give_back(approval, note="Name the carrier, please.", by=company.lena)
    reply = Reply.objects.get()
    assert reply.state == ReplyState.UNDONE
    assert draft_of(reply.conversation, company.mika).body == BETTER
    back = last_return(reply.conversation, company.mika)
    assert back is not None
    assert (back.note, back.decided_by) == ("Name the carrier, please.", company.lena)
    told_to = Notification.objects.get(kind="decided")
    assert told_to.person == company.mika
    again = send(reply.conversation, body=BETTER, client_key=uuid.uuid4(), by=company.mika)
    assert again.state == ReplyState.APPROVAL
    assert last_return(reply.conversation, company.mika) is None


def test_a_return_needs_a_note(company, ask):
    with pytest.raises(Invalid):
        give_back(ask(), note="  ", by=company.lena)


def test_taken_back_by_its_writer_it_needs_nobody_any_more(company, ask):
    approval = ask()
    undo(approval.reply, by=company.mika)
    approval.refresh_from_db()
    assert (approval.decision, approval.next_at) == (Decision.WITHDRAWN, None)
    with pytest.raises(Decided):
        approve(approval, by=company.lena)


def test_a_decision_is_made_once(company, ask):
    approval = ask()
    approve(approval, by=company.lena)
    for attempt in (
        lambda: approve(approval, by=company.maren),
        lambda: give_back(approval, note="No.", by=company.maren),
        lambda: edit(approval, body="Other words entirely.", by=company.maren),
    ):
        with pytest.raises(Decided):
            attempt()
    assert told("ReplyApproved") == 1


def test_an_undone_answer_needs_a_new_word(company, ask):
    approval = ask()
    sent = approve(approval, by=company.lena)
    assert isinstance(sent, Reply)
    undo(sent, by=company.mika)
    again = send(sent.conversation, body=TEXT, client_key=uuid.uuid4(), by=company.mika)
    assert again.state == ReplyState.APPROVAL
    assert Approval.objects.count() == 2


def test_what_a_check_blocks_is_not_approved_either(company, ask):
    approval = ask()
    with pytest.raises(BlockedByCheck):
        approve(approval, body="Amara, we paid it to 4111 1111 1111 1111.", by=company.lena)
    approval.refresh_from_db()
    assert approval.is_open
    assert approval.wordings.count() == 1


def test_what_the_customer_added_is_read_before_it_is_approved(company, receive, ask):
    approval = ask(conversation=receive(root_id="post-x", external_id="post-x"))
    conversation = approval.reply.conversation
    place = place_in(conversation)
    receive("It is here now!", root_id="post-x")
    with pytest.raises(ThreadMoved):
        approve(approval, read_up_to=place, by=company.lena)
    assert approve(approval, read_up_to=place_in(conversation), by=company.lena)


# --- roles -----------------------------------------------------------------------------------

ROLES = ("mika", "ben", "bea", "lena", "maren", "elif_", "vic")


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("what", ["edit", "approve", "give_back"])
def test_only_those_asked_and_leads_decide_and_nobody_about_their_own(company, ask, who, what):
    approval, by = ask(), getattr(company, who)
    verb = {
        "edit": lambda: edit(approval, body=BETTER, by=by),
        "approve": lambda: approve(approval, by=by),
        "give_back": lambda: give_back(approval, note="No.", by=by),
    }[what]
    if who in {"lena", "maren"}:
        verb()
    else:
        with pytest.raises(NotAllowed):
            verb()
        approval.refresh_from_db()
        assert approval.is_open
        assert approval.wordings.count() == 1


@pytest.mark.parametrize("who", ROLES)
def test_only_its_writer_and_leads_take_it_back(company, ask, who):
    approval, by = ask(), getattr(company, who)
    if who in {"mika", "lena", "maren"}:
        assert undo(approval.reply, by=by).state == ReplyState.UNDONE
    else:
        with pytest.raises(NotAllowed):
            undo(approval.reply, by=by)


def test_a_colleague_who_is_asked_may_decide(company, ask, trainees):
    from harken.domain.approvals.services.rules import Terms, save_rule

    save_rule(trainees, Terms(name="T", trainee=True, approvers=(company.ben,)), by=company.lena)
    approval = ask()
    assert [each.pk for each in queue_of(company.ben)] == [approval.pk]
    assert approve(approval, by=company.ben).state == ReplyState.HELD


def test_the_queue_is_of_those_who_may_decide_and_ordered_by_the_customer_s_clock(
    company, ask, receive
):
    late, soon = ask(), ask(conversation=receive(by="zora"))
    Conversation.objects.filter(pk=soon.reply.conversation_id).update(
        due_at=late.reply.conversation.opened_at, due_seconds=60
    )
    assert [each.pk for each in queue_of(company.lena)] == [soon.pk, late.pk]
    assert [each.pk for each in asked_by(company.mika)] == [soon.pk, late.pk]
    counted = {who: count_for(getattr(company, who)).alone() for who in ROLES}
    assert counted == {
        "mika": 0, "ben": 0, "bea": 0, "lena": 2, "maren": 2, "elif_": 0, "vic": 0
    }  # fmt: skip


# --- the last line ---------------------------------------------------------------------------


def broken(name: str, change) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        change()


def test_the_database_lets_nothing_leave_that_nobody_approved(company, ask):
    replies = Reply.objects.filter(pk=ask().reply_id)
    for state in ("held", "queued", "sending", "scheduled", "sent"):
        broken("nobody approved", lambda state=state: replies.update(state=state))


def test_the_database_lets_no_other_bytes_leave(company, ask):
    approval = ask()
    approve(approval, by=company.lena)
    replies = Reply.objects.filter(pk=approval.reply_id)
    broken("is not what was approved", lambda: replies.update(body=BETTER))
    broken("is not what was approved", lambda: replies.update(body=BETTER, body_sha256=sha(BETTER)))
    broken("is not what was approved", lambda: replies.update(body_sha256=sha(BETTER)))


def test_the_database_keeps_a_decision_and_wants_another_person_for_it(company, ask):
    approval = ask()
    rows = Approval.objects.filter(pk=approval.pk)
    own = {"decision": "approved", "decided_at": approval.asked_at, "next_at": None, "sha256": "x"}
    broken("somebody_else_approves", lambda: rows.update(**own, decided_by=company.mika))
    approve(approval, by=company.lena)
    broken("is decided", lambda: rows.update(sha256=sha(BETTER)))
