"""Checks and the finder of personal data are as good on written cases as we say they are."""

from __future__ import annotations

import pytest

from harken.domain.replies.checks.registry import checks
from tests.domain.replies.quality import cases, found_in, languages, scores

KEYS = [check.key for check in checks()]
FLOOR = 0.9  # precision and recall of each check, and of each kind of personal data
HELD_OUT_FLOOR = 0.85


@pytest.mark.parametrize("key", KEYS)
def test_a_check_has_thirty_written_cases_half_of_which_fire(key: str) -> None:
    wanted = [fires for fires, _ in cases(key)]
    assert len(wanted) >= 30
    assert 0.4 <= sum(wanted) / len(wanted) <= 0.6


@pytest.mark.parametrize("key", KEYS)
def test_a_check_is_right_on_its_written_cases(key: str) -> None:
    score = scores()[key]
    assert score.precision >= FLOOR, score.alarms
    assert score.recall >= FLOOR, score.misses


def test_checks_are_right_on_cases_written_after_the_first_ones() -> None:
    found = scores("cases/held_out").values()
    hits = sum(score.hits for score in found)
    assert hits / (hits + sum(len(score.alarms) for score in found)) >= FLOOR
    assert hits / (hits + sum(len(score.misses) for score in found)) >= FLOOR


def test_labelled_lines_are_many_in_five_languages_and_half_are_clean() -> None:
    lines = languages("tuned") + languages("held_out")
    assert lines.total() >= 500
    assert set(lines) == {"en", "nl", "de", "fr", "es"}
    for name in ("tuned", "held_out"):
        _, anything = found_in(name)
        assert anything.silent + len(anything.alarms) == languages(name).total() / 2


@pytest.mark.parametrize(("name", "floor"), [("tuned", FLOOR), ("held_out", HELD_OUT_FLOOR)])
def test_personal_data_of_every_kind_is_found_and_little_else(name: str, floor: float) -> None:
    by_kind, anything = found_in(name)
    assert set(by_kind) == {
        "card", "iban", "phone", "email", "address", "booking", "birth", "identity",
    }  # fmt: skip
    for kind, score in [*by_kind.items(), ("anything", anything)]:
        assert score.precision >= floor, (kind, score.alarms)
        assert score.recall >= floor, (kind, score.misses)
