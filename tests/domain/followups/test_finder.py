"""Promises in answers: 120 written cases in five languages, half of them none."""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import thread_time
from zoneinfo import ZoneInfo

import pytest

from harken.domain.followups.finder import Clock, promises_in

HERE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, tzinfo=HERE)
CASES = [
    tuple(part.strip() for part in line.split(" | "))
    for line in Path(__file__).with_name("cases.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


class NineToFive:
    """Working time on weekdays; only the hour of opening is asked here."""

    def after(self, start: datetime, seconds: float) -> datetime:
        return start + timedelta(seconds=seconds)

    def opening(self, after: date) -> datetime:
        day = after + timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
        return datetime.combine(day, time(9), HERE)


CLOCK = Clock(NOW, HERE, NineToFive())


def read(text: str) -> str:
    found = promises_in(text, CLOCK)
    return f"{found[0].due_at.astimezone(HERE):%Y-%m-%d %H:%M}" if found else "-"


def test_promises_are_found_with_their_dates_and_little_else() -> None:
    right = wrong = missed = dated = 0
    said = []
    for language, text, expected in CASES:
        got = read(text)
        if got != expected:
            said.append(f"{language}: {text} -> {got}, not {expected}")
        right += got != "-" and expected != "-"
        wrong += got != "-" and expected == "-"
        missed += got == "-" and expected != "-"
        dated += got == expected != "-"
    precision, recall = right / (right + wrong), right / (right + missed)
    sys.stdout.write(
        f"\n{len(CASES)} cases: precision {precision:.3f}, recall {recall:.3f}, "
        f"right moment {dated} of {right}\n" + "\n".join(said) + "\n"
    )
    assert len(CASES) >= 120
    assert sum(expected == "-" for _, _, expected in CASES) == len(CASES) / 2
    assert precision >= 0.95
    assert recall >= 0.95
    assert dated / right >= 0.95


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We will call you about order 12 on Friday.", "2026-11-27 17:00"),
        ("We will call you in 2 working days.", "2026-11-27 17:00"),
        ("We will see you soon, and mon colis est bleu.", "-"),
        ("I will call you tonight.", "2026-11-25 21:00"),
        ("I'll let you know by Friday, 14:00.", "2026-11-27 14:00"),
    ],
)
def test_what_stands_beside_a_moment_is_not_taken_for_it(text: str, expected: str) -> None:
    assert read(text) == expected


def test_each_promise_has_its_place_in_the_text() -> None:
    text = "Hello Amara! I'll call you by Friday. The shop is open. You'll hear by Monday."
    found = promises_in(text, CLOCK)
    assert [text[each.starts : each.ends] for each in found] == [each.what for each in found]
    assert [each.what for each in found] == ["I'll call you by Friday.", "You'll hear by Monday."]


def test_a_long_answer_is_read_quickly() -> None:
    text = "We will see about number 12 and mon ami, not today but on some day. " * 40
    began = thread_time()  # what it costs, however many others the machine works for
    promises_in(text, CLOCK)
    assert thread_time() - began < 1
