"""The build's own summary tells the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ATPROTO, CALM, CLOCKS, FIRST, HOUSES, together_with
from tests.house.programs import program
from tests.house.source import ROOT

check: Any = program("check")


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(check, "BIN", tmp_path)
    return tmp_path


def tool(folder: Path, name: str, says: str, code: int) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    path.chmod(0o755)


def test_a_step_that_fails_is_failed_and_shows_why(
    bin_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool(bin_folder, "lint", "line 3 is wrong", 1)
    result = check.run(check.Step("lint", "Fine.", "lint --quiet"))
    assert result.word == "failed"
    assert "line 3 is wrong" in capsys.readouterr().out


def test_a_step_that_holds_is_quiet(bin_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tool(bin_folder, "lint", "all is well", 0)
    assert check.run(check.Step("lint", "Fine.", "lint")).word == "holds"
    assert "all is well" not in capsys.readouterr().out


@pytest.mark.parametrize("code", [0, 1])
def test_a_scan_without_its_source_is_not_run(bin_folder: Path, code: int) -> None:
    tool(bin_folder, "pip-audit", "could not connect", code)
    assert check.run(check.Step("audit", "Safe.", "pip-audit", optional=True)).word == "NOT RUN"


def test_a_scan_that_is_missing_is_not_run(bin_folder: Path) -> None:
    assert check.run(check.Step("audit", "Safe.", "pip-audit", optional=True)).word == "NOT RUN"


def test_a_scan_that_finds_something_fails(bin_folder: Path) -> None:
    tool(bin_folder, "pip-audit", "Found 1 known vulnerability in 1 package", 1)
    assert check.run(check.Step("audit", "Safe.", "pip-audit", optional=True)).word == "failed"


def test_the_closing_line_is_the_test_runners_own(bin_folder: Path) -> None:
    tool(bin_folder, "python", "==== 2 failed, 40 passed, 1 skipped in 3.21s ====", 1)
    result = check.run(check.Step("tests", "The tests pass.", "python"))
    assert check.closing_line([result]) == "2 failed, 40 passed, 1 skipped in 3.21s"


def test_the_closing_line_of_two_workers_with_minutes_and_warnings_is_read(
    bin_folder: Path,
) -> None:
    said = "2026 passed, 1 skipped, 3 warnings in 801.52s (0:13:21)"
    tool(bin_folder, "python", f"bringing up nodes...\n{said}", 0)
    assert check.closing_line([check.run(check.Step("tests", "Fine.", "python"))]) == said


def test_what_stays_with_one_worker_is_there() -> None:
    places = {*HOUSES, *CLOCKS, *CALM, *ATPROTO, *FIRST} - {"houses", "clocks", "atproto"}
    assert [path for path in places if not has_tests(path)] == []
    assert together_with("tests/journeys/test_keys.py::test_x") == "houses"
    assert together_with("tests/faults/test_alarms.py::test_x[1]") == "clocks"
    assert together_with("tests/faults/test_races.py::test_x") == "tests/faults/test_races.py"
    assert together_with("harken/connectors/bluesky/tests/test_read.py::test_x") == "atproto"


def has_tests(path: str) -> bool:
    """Whether it is a file of tests, or a folder with some."""
    return (ROOT / path).is_file() or any((ROOT / path).rglob("test_*.py"))


def test_without_tests_the_closing_line_counts_steps(bin_folder: Path) -> None:
    tool(bin_folder, "lint", "no", 1)
    results = [check.run(check.Step("lint", "Fine.", "lint"))]
    assert check.closing_line(results) == "0 passed, 1 failed"
