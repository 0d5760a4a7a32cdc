"""What every source stands on: its cursor, its memory of the overlap, and going on."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from harken.kit.connector import ConnectorError, RateLimited
from harken.kit.source import MOST_REMEMBERED, Caught, Cursor, Met, closed, going_on, opened


class Stop(threading.Event):
    """Never waits, and keeps how long it should have."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return self.is_set()


def test_a_post_is_new_once_and_again_when_it_was_forgotten():
    met = Met()
    assert met.is_new("at://a", 10)
    assert not met.is_new("at://a", 20)
    met.forget(before=10)
    assert not met.is_new("at://a", 20)
    met.forget(before=11)
    assert met.is_new("at://a", 20)


def test_what_was_met_survives_in_the_cursor():
    met = Met()
    met.is_new("at://a", 10)
    again = Met(opened(closed(met=met.saved()))["met"], place=10)
    assert not again.is_new("at://a", 30)
    assert again.is_new("at://b", 30)


def test_the_memory_has_an_end():
    met = Met()
    for n in range(MOST_REMEMBERED + 10):
        met.is_new(str(n), n)
    met.forget(before=0)
    assert len(met.saved().split()) == MOST_REMEMBERED
    assert not met.is_new(str(MOST_REMEMBERED + 9), 0)


@pytest.mark.parametrize("cursor", [None, "", "{", "[]", "5", '"a"'])
def test_a_strange_cursor_is_an_empty_one(cursor):
    assert opened(cursor) == {}


def test_each_turn_starts_from_the_last_cursor_given():
    cursors: list[Cursor] = []
    stop = Stop()

    def turn(cursor: Cursor, _stop: threading.Event) -> Iterator[Caught]:
        cursors.append(cursor)
        yield Caught((), f"{cursor}+")
        if len(cursors) == 2:
            raise ConnectorError("gone")
        if len(cursors) == 3:
            stop.set()

    caught = list(going_on(turn, "a", stop, pause=7))
    assert cursors == ["a", "a+", "a++"]
    assert [each.trouble for each in caught] == ["", "", "gone", ""]
    assert caught[2].cursor == "a++"
    assert stop.waits[0] == 7
    assert stop.waits[1] <= 0.5


def test_a_network_that_names_a_pause_gets_it():
    stop = Stop()

    def turn(_cursor: Cursor, _stop: threading.Event) -> Iterator[Caught]:
        if stop.waits:
            stop.set()
        raise RateLimited("slow down", retry_after=300)
        yield

    assert len(list(going_on(turn, None, stop))) == 2
    assert stop.waits == [300, 300]


def test_what_cannot_be_helped_by_trying_again_is_raised():
    def turn(_cursor: Cursor, _stop: threading.Event) -> Iterator[Caught]:
        raise ConnectorError("never", permanent=True)
        yield

    with pytest.raises(ConnectorError, match="never"):
        next(going_on(turn, None, Stop()))
