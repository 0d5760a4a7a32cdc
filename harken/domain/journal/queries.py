"""Reading the journal without ever losing a row to a late commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the journal. Order is (transaction, row); its text form is the SSE id."""

    xid: int
    id: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """The position a text form names. Raises `ValueError` on anything else."""
        xid, _, row = text.partition("-")
        if not (xid.isascii() and xid.isdigit() and row.isascii() and row.isdigit()):
            raise ValueError(f"not a journal position: {text[:40]!r}")
        return cls(int(xid), int(row))


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal row as read."""

    position: Position
    kind: str
    at: datetime
    actor: int | None
    conversation: int | None
    channel: int | None
    teams: tuple[int, ...]
    data: dict[str, Any]

    @property
    def only_for(self) -> int | None:
        """The one person an entry is for, where it says so; nobody else may be told of it."""
        value: int | None = self.data.get("only_for")
        return value


# Rows of transactions still running are not read yet: a later commit with a smaller id would
# otherwise be stepped over. `pg_snapshot_xmin` is the oldest transaction still running.
SQL_AFTER = """
SELECT xid::text::bigint, id, kind, at, actor_id, conversation_id, channel_id, teams, data
FROM journal_event
WHERE (xid, id) > (%s::text::xid8, %s)
  AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY xid, id
LIMIT %s
"""

SQL_HORIZON = "SELECT (pg_snapshot_xmin(pg_current_snapshot()))::text::bigint"


def entry(row: tuple[Any, ...]) -> Entry:
    """An `Entry` of a row of `SQL_AFTER` (`data` may still be JSON text)."""
    import json

    xid, id_, kind, at, actor, conversation, channel, teams, data = row
    data = json.loads(data) if isinstance(data, str) else data
    return Entry(Position(xid, id_), kind, at, actor, conversation, channel, tuple(teams), data)


def after(position: Position, limit: int = 1000) -> list[Entry]:
    """Entries after `position` that can no longer be overtaken, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(SQL_AFTER, [position.xid, position.id, limit])
        return [entry(row) for row in cursor.fetchall()]


def horizon() -> Position:
    """The place from which a new reader starts: everything before it is already settled."""
    with connection.cursor() as cursor:
        cursor.execute(SQL_HORIZON)
        row = cursor.fetchone()
    return Position(int(row[0]) - 1 if row else 0, 2**63 - 1)
