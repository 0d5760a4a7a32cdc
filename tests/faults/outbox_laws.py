"""The laws of the outbox. Each looks at the whole board after every step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from harken.domain.replies.models import GONE, WAITING, ReplyState
from tests.faults.outbox_approvals import Approvers
from tests.faults.outbox_games import Counted, Row
from tests.faults.outbox_writers import Writers


class Board(Approvers, Writers):
    """What a law may look at."""


def a_reply_stands_there_once_at_most(game: Board) -> None:
    assert all(count <= 1 for count in Counted.applied.values()), Counted.applied


def every_state_is_true_and_every_text_its_author_s(game: Board) -> None:
    for row in game.rows:
        there = game.network.records.get(row.key)
        if row.state == ReplyState.SENT:
            assert there is not None
        if row.state in {*GONE, *WAITING, ReplyState.HELD, ReplyState.QUEUED}:
            assert there is None, row.state
        assert row.body == game.texts[row.pk]
        assert row.author == game.writers[row.pk]
        assert row.body_sha256 == hashlib.sha256(row.body.encode()).hexdigest()
        assert there is None or there.text == row.body


def a_turn_has_one_answer_in_a_slot(game: Board) -> None:
    open_ones = [(row.turn, row.slot) for row in game.rows if row.state not in GONE]
    assert len(open_ones) == len(set(open_ones))


def after_an_undo_nobody_calls(game: Board) -> None:
    for row in game.rows:
        if row.state == ReplyState.UNDONE:  # whoever took it back, and why
            assert game.calls(row.key) == game.calls_at_undo.setdefault(row.pk, game.calls(row.key))
        else:
            assert row.pk not in game.calls_at_undo, row.state


def what_is_stale_is_not_begun(game: Board) -> None:
    """No try of a scheduled answer begins once a customer or a colleague did something more."""
    for row in game.rows:
        if row.pk not in game.news_scheduled:
            continue
        if row.tries > game.tries[row.pk]:
            Counted.seen["left at its moment"] += 1
            assert game.news[row.conversation] == game.news_scheduled[row.pk], "stale"
            assert not any(_answers_meanwhile(other, row) for other in game.rows), "answered"
        game.tries[row.pk] = row.tries
        Counted.seen["stayed as stale"] += row.error.startswith("It did not leave")


def _answers_meanwhile(other: Row, row: Row) -> bool:
    later = other.conversation == row.conversation and other.pk > row.pk
    return later and other.author != row.author and other.state not in {*GONE, *WAITING}


def nothing_leaves_that_was_kept_back_and_not_approved(game: Board) -> None:
    for row in game.rows:
        if row.pk in game.kept_back and row.pk not in game.approved:
            assert row.state in {ReplyState.APPROVAL, ReplyState.UNDONE}, row.state
            assert row.key not in game.network.records
            assert not game.calls(row.key) and not row.tries


def what_was_approved_is_what_leaves(game: Board) -> None:
    for row in game.rows:
        agreed = game.approved.get(row.pk)
        if agreed is not None:
            assert row.sha256 == row.body_sha256 == agreed
            there = game.network.records.get(row.key)
            assert there is None or hashlib.sha256(there.text.encode()).hexdigest() == agreed


def an_approval_is_given_once(game: Board) -> None:
    assert all(count == 1 for count in game.yeses.values()), game.yeses


def a_decision_and_its_answer_agree(game: Board) -> None:
    for row in game.rows:
        assert (row.approval is not None) == (row.pk in game.kept_back)
        if row.approval is not None:
            assert (row.decision == "") == (row.state == ReplyState.APPROVAL)
            assert (row.decision == "approved") == (row.pk in game.approved)
            gone = row.decision in {"returned", "withdrawn"}
            assert not gone or row.state == ReplyState.UNDONE
            assert row.wordings[-1] == row.body


def only_who_may_read_it_is_asked_and_nobody_twice(game: Board) -> None:
    house = game.company
    chain = {house.ben.pk, house.lena.pk, house.maren.pk}
    for row in game.rows:
        assert set(row.asked) <= chain - {game.writers[row.pk]}
        assert len(row.asked) == len(set(row.asked))


def no_text_waits_under_a_post_that_was_taken_back(game: Board) -> None:
    gone = {each.external_id for each in game.posts if not each.is_there}
    for row in game.in_state(*WAITING, ReplyState.HELD):
        assert row.target not in gone, row.state


LAWS: tuple[Callable[[Board], None], ...] = (
    a_reply_stands_there_once_at_most,
    every_state_is_true_and_every_text_its_author_s,
    a_turn_has_one_answer_in_a_slot,
    after_an_undo_nobody_calls,
    what_is_stale_is_not_begun,
    nothing_leaves_that_was_kept_back_and_not_approved,
    what_was_approved_is_what_leaves,
    an_approval_is_given_once,
    a_decision_and_its_answer_agree,
    only_who_may_read_it_is_asked_and_nobody_twice,
    no_text_waits_under_a_post_that_was_taken_back,
)
