"""The Numenta Anomaly Benchmark's score, as the benchmark defines it, for a detector's alarms.

Written from its paper (Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms", ICMLA
2015, arXiv 1510.03336) and from what its program does where the paper is silent (the width of a
window counts its rows, a false alarm more than three widths behind a window costs all of it, the
first 15 % of a series, 750 rows at most, are not judged).

`PUBLISHED` are the results that stand in the benchmark's own repository (github.com/numenta/NAB,
commit ea702d7, `results/*/*_scores.csv`): each detector's scores of single series, summed over
the series named and put on the scale of 0 (no alarm ever) to 100 (each window at its first row, no
false alarm) of just those series.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PROBATION, PROBATION_ROWS = 0.15, 750
STEEPNESS = 5.0
FAR = 3.0  # widths of a window behind it


@dataclass(frozen=True, slots=True)
class Profile:
    """What right, wrong and missing alarms weigh; `name` as the benchmark has it."""

    name: str
    hit: float
    false_alarm: float
    miss: float


PROFILES = (
    Profile("standard", 1.0, 0.11, 1.0),
    Profile("reward_low_FP_rate", 1.0, 0.22, 1.0),
    Profile("reward_low_FN_rate", 1.0, 0.11, 2.0),
)

#: Detector: scores of the three profiles on all ten tweet series, and on AMZN, CVS, GOOG, KO, UPS.
#: Best first; those below a plain moving Gaussian are left out.
PUBLISHED = {
    "ARTime": ((81.8, 70.1, 87.9), (81.7, 70.3, 87.8)),
    "earthgeckoSkyline": ((68.9, 45.3, 78.3), (66.4, 43.0, 75.7)),
    "numenta": ((68.0, 61.1, 72.6), (64.9, 59.4, 69.2)),
    "contextOSE": ((74.5, 73.1, 76.5), (64.8, 63.7, 66.9)),
    "relativeEntropy": ((59.8, 55.0, 63.1), (63.7, 59.8, 66.5)),
    "numentaTM": ((62.4, 57.7, 67.9), (62.8, 56.4, 67.8)),
    "htmjava": ((65.0, 52.4, 70.6), (62.6, 50.1, 67.7)),
    "knncad": ((64.3, 42.2, 73.2), (59.1, 38.9, 67.2)),
    "twitterADVec": ((59.6, 35.8, 69.0), (57.1, 34.8, 65.8)),
    "randomCutForest": ((48.1, 46.9, 62.2), (52.6, 51.6, 63.5)),
    "windowedGaussian": ((51.4, 16.3, 64.6), (47.4, 5.0, 63.1)),
}


@dataclass(frozen=True, slots=True)
class Series:
    """Counts with their moments, and the labelled windows as first and last row."""

    name: str
    moments: Sequence[datetime]
    counts: Sequence[int]
    windows: Sequence[tuple[int, int]]

    @property
    def judged_from(self) -> float:
        """The first row that is judged."""
        return min(math.floor(PROBATION * len(self.counts)), PROBATION_ROWS)


def series_of(folder: Path) -> list[Series]:
    """The series of a folder with `combined_windows.json`, by name."""
    windows = json.loads((folder / "combined_windows.json").read_text(encoding="utf-8"))
    return [_read(folder / name, windows[name]) for name in sorted(windows)]


def _read(path: Path, windows: Iterable[tuple[str, str]]) -> Series:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(_moment(row["timestamp"]), int(row["value"])) for row in csv.DictReader(file)]
    row_of = {moment: row for row, (moment, _) in enumerate(rows)}
    edges = [(row_of[_moment(first)], row_of[_moment(last)]) for first, last in windows]
    moments, counts = [moment for moment, _ in rows], [count for _, count in rows]
    return Series(path.stem.rpartition("_")[2], moments, counts, edges)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def raw_score(series: Series, alarms: Iterable[int], profile: Profile) -> float:
    """The score of one series; `alarms` are rows. Each row of an alarm outside counts as false."""
    best = dict.fromkeys(series.windows, -profile.miss)
    false = 0.0
    for row in alarms:
        if row < series.judged_from:
            continue
        window = next((each for each in series.windows if each[0] <= row <= each[1]), None)
        if window is None:
            false += profile.false_alarm * _beside(series.windows, row)
        else:
            best[window] = max(best[window], profile.hit * _inside(window, row))
    return sum(best.values()) + false


def score(found: Iterable[tuple[Series, Iterable[int]]], profile: Profile) -> float:
    """Series with the rows of their alarms, on the scale of 0 (never an alarm) to 100 (perfect)."""
    reached, windows = 0.0, 0
    for series, alarms in found:
        reached += raw_score(series, alarms, profile)
        windows += len(series.windows)
    nothing = -profile.miss * windows
    return 100 * (reached - nothing) / (profile.hit * windows - nothing)


def _inside(window: tuple[int, int], row: int) -> float:
    """1 at the window's first row, falling to about 0 at its last."""
    first, last = window
    return _sigmoid(-(last - row + 1) / (last - first + 1)) / _sigmoid(-1.0)


def _beside(windows: Iterable[tuple[int, int]], row: int) -> float:
    """0 right behind a window, falling to -1 far behind it and before the first one."""
    before = [window for window in windows if window[1] < row]
    if not before:
        return -1.0
    first, last = before[-1]
    behind = (row - last) / (last - first)
    return -1.0 if behind > FAR else _sigmoid(behind)


def _sigmoid(position: float) -> float:
    return 2 / (1 + math.exp(STEEPNESS * position)) - 1
