"""Each law of the outbox finds the fault it is there for: the fault is planted, and seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from harken.config.wiring import wire
from harken.domain.approvals.models import Approval
from harken.domain.approvals.services import chain, decide, leaving
from harken.domain.journal import services as journal
from harken.domain.replies.delivery import claim, moment
from harken.domain.replies.events import ReplyUndone
from harken.domain.replies.models import Reply
from harken.domain.replies.services import send as sending
from harken.domain.replies.services import undo as undoing
from harken.domain.replies.services.release import release
from harken.domain.replies.services.reword import digest
from tests.cast import Company
from tests.domain.replies.conftest import ObedientConnector
from tests.faults import outbox_approvals, outbox_laws
from tests.faults.test_outbox_model import TheOutbox

pytestmark = pytest.mark.django_db
TEXT = "It arrives tomorrow, Amara."
MIKA, BEN = 0, 1  # writers
BY_BEN, BY_LENA, BY_MIKA, BY_VIC = 4, 0, 3, 7  # who decides


@pytest.fixture
def game(company: Company) -> Iterator[TheOutbox]:
    wire()
    TheOutbox.open_the_house(company)
    game = TheOutbox()
    yield game
    game.teardown()


@pytest.fixture
def kept_back(game: TheOutbox) -> TheOutbox:
    """A customer wrote, Mika answered, and Ben is asked to read it."""
    game.receive(0)
    game.send(0, MIKA, TEXT, again=False, twice=False)
    assert game.is_any("approval")
    game.the_laws_hold()
    return game


def without_the_last_line() -> None:
    """Services see to the law, and the database once more: take that away to see the law fail."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE replies_reply DISABLE TRIGGER guard_reply")
        cursor.execute("ALTER TABLE approvals_approval DISABLE TRIGGER keep_decision")


def broken(law: str, game: TheOutbox) -> None:
    """This law says that something is wrong."""
    with pytest.raises(AssertionError):
        getattr(outbox_laws, law)(game)


def test_they_find_a_worker_that_repeats_blindly(game, monkeypatch) -> None:
    game.receive(0)
    game.send(0, BEN, TEXT, again=False, twice=False)
    game.time_passes()
    game.kill(before_the_call=False)
    game.time_passes()
    monkeypatch.setattr(ObedientConnector, "find", lambda *_: None)  # looks, and sees nothing
    game.look(None)
    broken("every_state_is_true_and_every_text_its_author_s", game)
    game.deliver(None)
    broken("a_reply_stands_there_once_at_most", game)


def test_they_find_a_stale_answer_that_leaves(game, monkeypatch) -> None:
    game.receive(0)
    game.schedule(0, BEN, TEXT, again=False)
    game.the_laws_hold()
    game.edit(0)
    game.time_passes()
    monkeypatch.setattr(moment, "moved_since", lambda *_, **__: [])  # looks, and sees nothing
    game.deliver(None)
    broken("what_is_stale_is_not_begun", game)


def test_they_find_a_gate_that_stands_open(game, monkeypatch) -> None:
    monkeypatch.setattr(sending, "gate_for", lambda *_: None)
    game.receive(0)
    with pytest.raises(AssertionError, match="the gate stands elsewhere"):
        game.send(0, MIKA, TEXT, again=False, twice=False)


def test_they_find_a_worker_that_takes_what_waits_for_approval(kept_back, monkeypatch) -> None:
    greedy = claim.CLAIM_DUE.replace("('held', 'queued')", "('held', 'queued', 'approval')")
    monkeypatch.setattr(claim, "CLAIM_DUE", greedy)
    kept_back.time_passes()
    with pytest.raises(IntegrityError, match="nobody approved"), transaction.atomic():
        kept_back.deliver(None)  # the last line holds
    without_the_last_line()
    kept_back.deliver(None)
    broken("nothing_leaves_that_was_kept_back_and_not_approved", kept_back)


def test_they_find_a_rule_whose_end_lets_go_what_waits(kept_back, monkeypatch) -> None:
    def retire(rule, *, by):
        for reply in Reply.objects.filter(approval__rule=rule):
            release(reply, by=by)

    without_the_last_line()
    monkeypatch.setattr(outbox_approvals, "retire_rule", retire)
    kept_back.rule_comes_or_goes()
    broken("nothing_leaves_that_was_kept_back_and_not_approved", kept_back)
    broken("a_decision_and_its_answer_agree", kept_back)


def test_they_find_other_words_than_those_that_were_approved(kept_back, monkeypatch) -> None:
    without_the_last_line()
    monkeypatch.setattr(decide, "digest", lambda _: "0" * 64)
    kept_back.approve(0, BY_LENA, None, stale=False)
    broken("what_was_approved_is_what_leaves", kept_back)


def test_they_find_words_that_change_after_the_approval(kept_back) -> None:
    kept_back.approve(0, BY_LENA, "We look at it today.", stale=False)
    kept_back.the_laws_hold()
    without_the_last_line()
    other = "We never look."
    Reply.objects.update(body=other, body_sha256=digest(other))
    kept_back.forget()
    broken("what_was_approved_is_what_leaves", kept_back)


def test_they_find_an_answer_that_is_approved_twice(kept_back, monkeypatch) -> None:
    kept_back.approve(0, BY_LENA, None, stale=False)
    kept_back.the_laws_hold()
    without_the_last_line()
    monkeypatch.setattr(Approval, "is_open", True)
    monkeypatch.setattr(leaving, "release", lambda reply, **_: reply)
    with pytest.raises(AssertionError, match="decided twice"):
        kept_back.approve(3, BY_BEN, None, stale=False)
    broken("an_approval_is_given_once", kept_back)


@pytest.mark.parametrize("who", [BY_MIKA, BY_VIC])
@pytest.mark.parametrize("what", ["approve", "reword", "give_back"])
def test_they_find_the_wrong_one_who_decides(kept_back, monkeypatch, what, who) -> None:
    monkeypatch.setattr(decide, "may_approve", lambda *_: True)
    monkeypatch.setattr(sending, "may_write", lambda *_: None)
    without_the_last_line()
    more = {"text": TEXT, "stale": False} if what != "give_back" else {}
    with pytest.raises((AssertionError, IntegrityError), match=r"decided|somebody_else_approves"):
        getattr(kept_back, what)(0, who, **more)


def test_they_find_an_approver_who_lost_the_role_and_decides(kept_back, monkeypatch) -> None:
    def once_asked(user, approval):
        return approval.steps.filter(person=user).exists()

    monkeypatch.setattr(decide, "may_approve", once_asked)
    monkeypatch.setattr(sending, "may_write", lambda *_: None)
    kept_back.ben_loses_or_gets_his_role("viewer")
    with pytest.raises(AssertionError, match="Ben decided"):
        kept_back.approve(0, BY_BEN, None, stale=False)


def test_they_find_the_wrong_one_who_takes_back(kept_back, monkeypatch) -> None:
    monkeypatch.setattr(undoing, "may_withdraw", lambda *_: None)
    with pytest.raises(AssertionError, match="undone by somebody else"):
        kept_back.undo(0, 1)  # Vic


def test_they_find_an_approval_over_what_the_customer_wrote_meanwhile(
    kept_back, monkeypatch
) -> None:
    kept_back.read_again(0, 2)  # Lena reads
    kept_back.receive(1)
    assert len({each.conversation for each in kept_back.posts}) == 1
    kept_back.approve(0, BY_LENA, None, stale=False)  # refused: nothing happens
    assert kept_back.is_any("approval")
    monkeypatch.setattr(decide, "moved_since", lambda *_, **__: [])
    with pytest.raises(AssertionError, match="approved over news"):
        kept_back.approve(0, BY_LENA, None, stale=False)


def test_they_find_words_decided_unread(kept_back, monkeypatch) -> None:
    kept_back.reword(0, BY_BEN, "Sorry, Amara!", stale=False)
    monkeypatch.setattr(decide, "_same_words", lambda *_: None)
    with pytest.raises(AssertionError, match="decided unread"):
        kept_back.approve(0, BY_LENA, None, stale=True)


def test_they_find_a_post_taken_back_under_which_an_answer_waits(kept_back, monkeypatch) -> None:
    monkeypatch.setattr(undoing, "take_back", lambda *_, **__: None)
    kept_back.delete(0)
    broken("no_text_waits_under_a_post_that_was_taken_back", kept_back)


def test_they_find_an_approval_that_outlives_its_answer(kept_back, monkeypatch) -> None:
    monkeypatch.setitem(journal._reactions, ReplyUndone, [])
    kept_back.undo(0, 0)
    broken("a_decision_and_its_answer_agree", kept_back)


def test_they_find_an_answer_given_back_that_stays(kept_back, monkeypatch) -> None:
    monkeypatch.setattr(leaving, "take_back", lambda *_, **__: None)
    with pytest.raises(AssertionError):
        kept_back.give_back(0, BY_LENA)
    broken("a_decision_and_its_answer_agree", kept_back)


def test_they_find_a_call_after_an_answer_was_taken_back(kept_back) -> None:
    kept_back.give_back(0, BY_LENA)
    kept_back.the_laws_hold()
    kept_back.network.calls.append(("send", kept_back.rows[0].key))
    broken("after_an_undo_nobody_calls", kept_back)


def test_they_find_a_writer_who_is_asked_about_their_own_words(game, monkeypatch) -> None:
    monkeypatch.setattr(chain, "_is_new", lambda *_: True)
    monkeypatch.setattr(chain, "chain_of", lambda *_: [game.company.mika])
    game.receive(0)
    game.send(0, MIKA, TEXT, again=False, twice=False)
    broken("only_who_may_read_it_is_asked_and_nobody_twice", game)


def test_they_find_two_answers_to_one_turn(game) -> None:
    game.receive(0)
    game.send(0, BEN, TEXT, again=False, twice=False)
    one = game.rows[0]
    game._rows = [one, one]
    broken("a_turn_has_one_answer_in_a_slot", game)
