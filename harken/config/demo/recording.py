"""Recorded posts from a file: CSV, TSV or JSON lines with author, text, time, optional reply-to.

Columns are found by their usual names or named explicitly. A row that cannot be used is kept
apart with its line, column and reason, and never stops the others.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "tweet_id", "post_id", "status_id", "id_str"),
    "author": ("author", "user", "author_id", "username", "handle", "screen_name", "name"),
    "text": ("text", "body", "content", "full_text", "message"),
    "time": ("time", "created_at", "timestamp", "date", "sent_at", "tweet_created"),
    "reply_to": (
        "in_reply_to",
        "reply_to",
        "in_reply_to_status_id",
        "in_response_to_tweet_id",
        "parent_id",
    ),
    "inbound": ("inbound",),
    "by_us": ("by_us", "ours", "outbound"),
}
REQUIRED = ("author", "text", "time")
TIME_FORMATS = ("%Y-%m-%d %H:%M:%S %z", "%a %b %d %H:%M:%S %z %Y", "%Y-%m-%d %H:%M:%S %Z")
_NAMES_OF_A_PERSON = ("handle", "username", "screen_name", "name", "id")
_FALSE = frozenset({"", "0", "false", "no", "n", "f"})


class UnusableFile(Exception):
    """The file has no usable columns; the text names what was found and what is missing."""


class _BadCell(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out. `line` counts from 1, the header included."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        """A sentence for people."""
        return f"line {self.line}, column {self.column}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """One recorded post. `ours`: the company wrote it. `root_id` names its public tree."""

    id: str
    author: str
    text: str
    at: datetime
    reply_to: str | None
    ours: bool
    root_id: str = ""


@dataclass(slots=True)
class Recording:
    """A file's posts in order of time, what was left out, and how many rows repeat an id."""

    rows: list[Row] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    repeated: int = 0


def load(
    path: Path, columns: Mapping[str, str] | None = None, ours: Collection[str] = ()
) -> Recording:
    """Read a whole file. Raises `UnusableFile`, `OSError`.

    `columns` names columns that are called otherwise, e.g. {"author": "who"}. `ours` are the
    handles of the company; a row whose `inbound` is false is ours too.
    """
    handles = {handle.lower().lstrip("@") for handle in ours}
    recording = Recording()
    seen: dict[str, Row] = {}
    for line, cells in _cells(path, columns or {}, recording.bad):
        try:
            row = _row(line, cells, _columns(cells, columns or {}), handles)
        except _BadCell as bad:
            recording.bad.append(BadRow(line, bad.column, str(bad)))
            continue
        if row.id in seen:
            recording.repeated += 1
        else:
            seen[row.id] = row
    recording.rows = sorted(_rooted(seen), key=lambda row: row.at)
    return recording


# --- from the file to cells -----------------------------------------------------------------


def _cells(
    path: Path, explicit: Mapping[str, str], bad: list[BadRow]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if path.suffix.lower() in {".jsonl", ".ndjson", ".json"}:
        return _json_cells(path, bad)
    return _csv_cells(path, explicit, bad)


def _json_cells(path: Path, bad: list[BadRow]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield number, msgspec.json.decode(line, type=dict[str, Any])
            except (msgspec.DecodeError, RecursionError, ValueError) as error:
                bad.append(BadRow(number, "(all)", f"not a JSON object: {error}"))


def _csv_cells(
    path: Path, explicit: Mapping[str, str], bad: list[BadRow]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = file.readline()
        file.seek(0)
        reader = csv.DictReader(file, delimiter="\t" if "\t" in header else ",")
        _check_header(reader.fieldnames or (), explicit)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                bad.append(BadRow(number, "(all)", str(error)))
                continue
            if cells is None:
                return
            if None in cells:
                bad.append(BadRow(number, "(all)", "more fields than columns"))
                continue
            yield number, cells


# --- from cells to a row --------------------------------------------------------------------


def _columns(names: Iterable[str], explicit: Mapping[str, str]) -> dict[str, str]:
    """The file's column for each of ours that it has."""
    present = {name.lower().strip(): name for name in names}
    found = {}
    for ours, aliases in ALIASES.items():
        wanted = (explicit[ours],) if ours in explicit else aliases
        name = next((each for each in wanted if each.lower() in present), None)
        if name is not None:
            found[ours] = present[name.lower()]
    return found


def _check_header(names: Collection[str], explicit: Mapping[str, str]) -> None:
    found = _columns(names, explicit)
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        raise UnusableFile(
            f"no column for {', '.join(missing)}; the file has {', '.join(names) or 'none'}. "
            "Name them, for example --columns author=who,text=what,time=when"
        )


def _row(
    line: int, cells: Mapping[str, Any], columns: Mapping[str, str], ours: Collection[str]
) -> Row:
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise _BadCell(missing[0], "not there")
    author = _author(cells[columns["author"]])
    if not author:
        raise _BadCell(columns["author"], "nobody is named")
    text = _plain(cells[columns["text"]])
    if not text.strip():
        raise _BadCell(columns["text"], "no text")
    try:
        at = moment(_plain(cells[columns["time"]]))
    except (ValueError, OverflowError, OSError) as error:
        raise _BadCell(columns["time"], str(error)) from error
    inbound = _plain(cells.get(columns.get("inbound", ""), "true")).lower() not in _FALSE
    by_us = _plain(cells.get(columns.get("by_us", ""), "")).lower() not in _FALSE
    return Row(
        id=_plain(cells.get(columns.get("id", ""))) or f"line-{line}",
        author=author,
        text=text,
        at=at,
        reply_to=_plain(cells.get(columns.get("reply_to", ""))) or None,
        ours=by_us or not inbound or author.lower() in ours,
    )


def _author(cell: Any) -> str:
    if isinstance(cell, dict):
        cell = next((cell[name] for name in _NAMES_OF_A_PERSON if cell.get(name)), "")
    return "_".join(_plain(cell).lstrip("@").split())


def _plain(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def moment(text: str) -> datetime:
    """A time in one of the usual spellings, as UTC. Raises ValueError naming it.

    ISO 8601, "2015-02-16 23:36:05 -0800", "Tue Oct 31 22:10:47 +0000 2017", or seconds or
    milliseconds since 1970. Without a zone it is UTC.
    """
    if text.replace(".", "", 1).isdigit():
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    for read in (datetime.fromisoformat, *(_reader(each) for each in TIME_FORMATS)):
        try:
            found = read(text)
        except ValueError:
            continue
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    raise ValueError(f"not a time: {text[:60]!r}")


def _reader(form: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds the zone


# --- trees ----------------------------------------------------------------------------------


def _rooted(rows: Mapping[str, Row]) -> Iterator[Row]:
    """The rows with their trees, found over the whole file: a parent may come later, or never.

    Posts that answer the same missing post share its tree. Of posts that answer each other in a
    ring, the smallest id becomes the start of the tree.
    """
    roots: dict[str, str] = {}
    for row in rows.values():
        root = _root_of(row.id, rows, roots)
        reply_to = None if row.id == root else row.reply_to
        yield Row(row.id, row.author, row.text, row.at, reply_to, row.ours, root)


def _root_of(start: str, rows: Mapping[str, Row], roots: dict[str, str]) -> str:
    path: list[str] = []
    on_path: set[str] = set()
    here = start
    while here not in roots:
        if here in on_path:
            roots[here] = min(path[path.index(here) :])
            break
        path.append(here)
        on_path.add(here)
        above = rows[here].reply_to if here in rows else None
        if above is None:
            roots[here] = here
            break
        here = above
    root = roots[here]
    roots.update(dict.fromkeys(path, root))
    return root
