"""Virtual agents live through a day at the real desk, and all books agree at its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from harken.config.cli.group import harken

LONGEST = 3600.0  # seconds


def simulated(folder: Path, **options: int) -> tuple[int, dict[str, Any], str]:
    """Exit code, report and printed text of `harken simulate day`."""
    command = started(folder, **options)
    said, _ = command.communicate(timeout=LONGEST)
    return command.returncode, json.loads((folder / "report.json").read_text()), said


def started(folder: Path, **options: int) -> subprocess.Popen[str]:
    chosen = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    return subprocess.Popen(
        [*harken("simulate", "day"), "--data", str(folder), *chosen],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def running_on(folder: Path) -> list[str]:
    """The command lines of processes that belong to the day in this folder."""
    table = subprocess.run(["ps", "-axo", "command="], check=True, capture_output=True, text=True)
    return [line for line in table.stdout.splitlines() if str(folder) in line]


def assert_books_agree(code: int, report: dict[str, Any], said: str) -> None:
    wrong = [check for check in report["checks"] if not check["holds"]]
    assert (wrong, code) == ([], 0), said
    assert report["did"]["requests failed"] == 0
    assert report["total"]["answered"] > 0
    assert report["total"]["open"] == 0, said


def test_a_short_day_adds_up_and_leaves_nothing_running(tmp_path: Path) -> None:
    code, report, said = simulated(tmp_path, agents=4, conversations=12, speed=20)
    assert_books_agree(code, report, said)
    assert running_on(tmp_path) == []


@pytest.mark.soak  # more than a minute of a busy machine
def test_a_day_that_is_cut_short_still_says_what_there_was(tmp_path: Path) -> None:
    day = started(tmp_path, agents=2, conversations=40, speed=10)
    log, deadline = tmp_path / "network", time.monotonic() + 120
    while time.monotonic() < deadline and not (log.exists() and len(log.read_text()) > 2000):
        time.sleep(0.2)  # until some customers wrote
    os.kill(day.pid, signal.SIGINT)
    said, _ = day.communicate(timeout=90)
    assert day.returncode == 130, said
    assert "cut short" in said
    assert running_on(tmp_path) == []


@pytest.mark.soak
def test_a_day_of_four_agents_adds_up(tmp_path: Path) -> None:
    assert_books_agree(*simulated(tmp_path, agents=4, conversations=80, speed=20))


@pytest.mark.soak
def test_a_whole_day_of_twenty_agents_adds_up(tmp_path: Path) -> None:
    code, report, said = simulated(tmp_path, agents=20, conversations=5000, speed=20)
    wrong = [check for check in report["checks"] if not check["holds"]]
    assert (wrong, code) == ([], 0), said
