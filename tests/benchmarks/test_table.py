"""The table of `make bench` says what was measured, and the readers behind it read right."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks import __main__ as bench
from benchmarks.browsers import Heard, Stream
from benchmarks.crowd import Browsers, delivered
from benchmarks.figure import Figure

HELD = Figure("A1", "small is good", 2.0, 3.0, 1.0, False, "2 ms against 1 ms")
MISSED = Figure("A2", "much is good", 2.0, 3.0, 4.0, True, "200/s against 100/s")


def printed(monkeypatch, capsys, figures: list[Figure] | Exception) -> tuple[int, str]:
    def alone(name: str) -> list[Figure]:
        if isinstance(figures, Exception):
            raise figures
        return figures

    monkeypatch.setattr(bench, "alone", alone)
    code = bench.main(["anything"])
    return code, str(capsys.readouterr().out)


def test_a_held_floor_is_printed_with_its_distance_to_the_aim(monkeypatch, capsys) -> None:
    code, out = printed(monkeypatch, capsys, [HELD])
    assert code == 0
    assert "held, 2.00 x from the aim" in out
    assert "2 ms against 1 ms" in out


def test_a_broken_floor_fails_the_run(monkeypatch, capsys) -> None:
    code, out = printed(monkeypatch, capsys, [HELD, MISSED])
    assert code == 1
    assert "NOT HELD" in out


def test_a_refused_figure_fails_the_run_and_is_named(monkeypatch, capsys) -> None:
    code, out = printed(monkeypatch, capsys, AssertionError("3 missing"))
    assert code == 1
    assert "anything: no figures, AssertionError: 3 missing" in out


@pytest.mark.parametrize("name", bench.MODULES)
def test_every_module_of_the_table_measures(name) -> None:
    assert callable(__import__(f"benchmarks.{name}", fromlist=["measure"]).measure)


def stream_of(pieces: list[bytes]) -> list[Heard]:
    heard: list[Heard] = []

    async def read() -> None:
        stream = Stream(7, "", heard)
        for piece in [b"HTTP/1.1 200 OK\r\n\r\n: welcome\n\n", *pieces]:
            stream.data_received(piece)
        await stream.opened

    asyncio.run(read())
    return heard


def test_a_message_torn_between_two_reads_is_heard_once() -> None:
    event = b'1f\r\nid: 5-6\ndata: {"kind": "MessageReceived", "message": 12}\n\n\r\n'
    for at in range(1, len(event)):
        heard = stream_of([event[:at], event[at:], b"id: 5-7\n\n"])
        assert [(stream, message) for stream, message, _ in heard] == [(7, 12)], at


class Told(Browsers):
    """Two browsers of team 8 and one of team 9; they heard what the test says."""

    def __init__(self, said: list[Heard]) -> None:
        self.said = said
        self.team_of = [8, 8, 9]

    def heard(self, expected: int) -> list[Heard]:
        """What the test says, whatever was expected."""
        del expected
        return self.said


@pytest.mark.parametrize(
    "heard",
    [
        [(0, 1, 5.5)],
        [(0, 1, 5.5), (1, 1, 5.5), (1, 1, 5.6)],
        [(0, 1, 5.5), (1, 1, 5.5), (2, 1, 5.5)],
    ],
    ids=["missing", "twice", "somebody else's"],
)
def test_a_delivery_that_is_not_exactly_right_refuses_the_figure(heard: list[Heard]) -> None:
    with pytest.raises(AssertionError):
        delivered(Told(heard), {1: (8, 5.0)})


def test_a_delivery_counts_from_its_message_on() -> None:
    heard = [(0, 1, 5.5), (1, 1, 5.25)]
    assert delivered(Told(heard), {1: (8, 5.0)}) == [(1, 0.5), (1, 0.25)]
