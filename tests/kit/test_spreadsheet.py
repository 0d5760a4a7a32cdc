"""Files for spreadsheets: everything comes back as it was, and nothing in them runs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import pytest

from harken.kit.spreadsheet import csv_file, harmless


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+31 6", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0", "＝1"],
)
def test_a_cell_that_would_be_calculated_gets_an_apostrophe(text):
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Hello", "1=1", "a@b.example", "#meridian", "3 - 2"])
def test_other_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_every_cell_comes_back_as_one_cell():
    rows = [("a,b", 'say "hi"', "two\r\nlines", "Ærø 🚲"), ("", "x" * 5000, "\\", "'")]
    assert read(b"".join(csv_file(rows))) == [list(row) for row in rows]


def test_moments_are_written_in_utc():
    at = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    content = b"".join(csv_file([(at, at.astimezone(UTC), None, 7)]))
    assert read(content) == [["2026-02-28T20:00:00Z", "2026-02-28T20:00:00Z", "", "7"]]
