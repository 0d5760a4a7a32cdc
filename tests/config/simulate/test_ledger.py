"""The network's log, read turn by turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harken.config.simulate.ledger import Closing, turns
from harken.connectors.loopback.wire import Face, Post

MORNING = datetime(2026, 5, 4, 8, tzinfo=UTC)
US, EVA = Face("u1", "meridian.example"), Face("u2", "eva.example")


def at(seconds: float) -> datetime:
    return MORNING + timedelta(seconds=seconds)


def asks(post: str, seconds: float, under: str | None = None, gone: float | None = None) -> Post:
    return Post(
        post,
        EVA,
        "" if gone else "Where is it?",
        at(seconds),
        "a",
        parent=under,
        deleted=gone is not None,
        changed=at(gone) if gone else None,
    )


def ours(post: str, seconds: float, under: str) -> Post:
    return Post(post, US, "On its way.", at(seconds), "a", parent=under)


def told(posts: list[Post], closings: list[Closing] | None = None) -> list[tuple[str, float]]:
    found = turns(posts, US.id, closings or [])
    return [
        (each.fate, (each.end - each.start).total_seconds() if each.end else -1) for each in found
    ]


def test_an_answer_ends_the_turn_it_stands_under_and_no_later_one() -> None:
    posts = [asks("a", 0), asks("b", 10, "a"), asks("c", 29, "b"), ours("d", 30, "b")]
    assert told(posts) == [("answered", 30), ("open", -1)]


def test_what_was_taken_back_while_it_waited_was_a_turn_of_its_own() -> None:
    assert told([asks("a", 0, gone=20)]) == [("dismissed", 20)]
    assert told([asks("a", 0), asks("b", 5, "a", gone=9), ours("c", 30, "a")]) == [("answered", 30)]


def test_what_was_taken_back_after_the_answer_stays_answered() -> None:
    assert told([asks("a", 0, gone=90), ours("b", 30, "a")]) == [("answered", 30)]


def test_a_closing_ends_what_it_reaches() -> None:
    closing = Closing(at(15), ("a", EVA.id), frozenset({"a"}))
    assert told([asks("a", 0), asks("b", 20, "a")], [closing]) == [("dismissed", 15), ("open", -1)]
