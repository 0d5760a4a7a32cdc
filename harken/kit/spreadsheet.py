"""Rows as a CSV file that a spreadsheet opens as what they are, and never as something to run.

CSV as in RFC 4180, in UTF-8 with the mark by which spreadsheets know that. A cell that one of
them would take for a formula gets an apostrophe in front (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

MARK = b"\xef\xbb\xbf"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Cell = str | int | datetime | None


def csv_file(rows: Iterable[Iterable[Cell]]) -> Iterator[bytes]:
    """The file, a piece a row. Moments (aware) are written in UTC, ISO 8601; None is empty."""
    yield MARK
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def harmless(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would calculate it."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def _written(cell: Cell) -> str | int:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case str():
            return harmless(cell)
    return cell
