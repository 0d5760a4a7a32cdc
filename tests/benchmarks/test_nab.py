"""The benchmark's score keeps the anchors of its paper. The series are invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import nab, storms

STANDARD, LOW_FALSE, LOW_MISSED = nab.PROFILES
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)


def series(windows: list[tuple[int, int]]) -> nab.Series:
    return nab.Series("X", [BEGAN] * 10_000, [0] * 10_000, windows)


@pytest.mark.parametrize("profile", nab.PROFILES)
def test_no_alarm_is_nothing_and_each_first_row_is_perfect(profile: nab.Profile) -> None:
    made = series([(2000, 2400), (6000, 6400)])
    assert nab.score([(made, [])], profile) == 0
    assert nab.score([(made, [2000, 6000])], profile) == pytest.approx(100)


def test_a_later_alarm_in_a_window_is_worth_less_and_only_the_first_counts() -> None:
    made = series([(2000, 2399)])
    middle = nab.raw_score(made, [2200], STANDARD)
    assert middle == pytest.approx(0.84828 / 0.98661, abs=0.001)
    assert nab.raw_score(made, [2200, 2300, 2399], STANDARD) == middle


def test_false_alarms_cost_by_profile_and_less_just_behind_a_window() -> None:
    made = series([(2000, 2399)])
    found = nab.raw_score(made, [2000], STANDARD)
    assert found - nab.raw_score(made, [2000, 1000], STANDARD) == pytest.approx(0.11)
    assert nab.raw_score(made, [2000], LOW_FALSE) - nab.raw_score(
        made, [2000, 9000], LOW_FALSE
    ) == pytest.approx(0.22)
    assert found - nab.raw_score(made, [2000, 2420], STANDARD) < 0.03
    assert nab.raw_score(made, [], LOW_MISSED) == -2


def test_the_first_rows_are_not_judged() -> None:
    made = series([(100, 200), (2000, 2399)])
    assert nab.raw_score(made, [3, 100, 749, 2000], STANDARD) == pytest.approx(0)


def test_windows_are_found_by_their_moments(tmp_path: Path) -> None:
    moments = [BEGAN + n * timedelta(minutes=5) for n in range(30)]
    rows = [f"{at:%Y-%m-%d %H:%M:%S},{n}" for n, at in enumerate(moments)]
    (tmp_path / "Twitter_volume_XY.csv").write_text("timestamp,value\n" + "\n".join(rows))
    edges = [f"{moments[n]:%Y-%m-%d %H:%M:%S}.000000" for n in (10, 14)]
    labels = json.dumps({"Twitter_volume_XY.csv": [edges]})
    (tmp_path / "combined_windows.json").write_text(labels)
    (made,) = nab.series_of(tmp_path)
    assert (made.name, made.windows, made.counts[10]) == ("XY", [(10, 14)], 10)


def test_without_the_data_the_benchmark_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("HARKEN_SHARED_DATA", str(tmp_path))
    monkeypatch.setattr(storms, "RUNS", 1)
    assert [figure.id for figure in storms.measure()] == ["V4"]
    said = capsys.readouterr().out
    assert "NOT MEASURED: volume/combined_windows.json" in said
    assert "NOT MEASURED: airline/tweets.csv" in said
