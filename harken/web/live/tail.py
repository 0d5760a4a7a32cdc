"""Follow the journal as it grows: a hint wakes us, a look every second is the truth."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import psycopg

from harken.domain.journal.queries import SQL_AFTER, SQL_HORIZON, Entry, Position, entry
from harken.domain.journal.services import NOTIFY_CHANNEL
from harken.web.live.cases import as_cases

log = logging.getLogger(__name__)

PAGE = 500  # entries a look reads at most
LOOK_EVERY = 1.0  # seconds
FIRST_LOOK_AGAIN = 0.01  # seconds; a hint can come before its entry is safe to read
LONGEST_RETRY = 2.0  # seconds between tries to reach a lost database

# Everything up to a position that was read once is settled: no horizon is needed here.
SQL_BETWEEN = """
SELECT xid::text::bigint, id, kind, at, actor_id, conversation_id, channel_id, teams, data
FROM journal_event
WHERE (xid, id) > (%s::text::xid8, %s) AND (xid, id) <= (%s::text::xid8, %s)
ORDER BY xid, id
LIMIT %s
"""


class Tail:
    """Calls `begin` once with the starting place, then `deliver` with what is new.

    Entries come in journal order, each once, none left out.
    Two connections of its own: one only listens, one only reads.
    """

    def __init__(
        self,
        url: str,
        begin: Callable[[Position], None],
        deliver: Callable[[list[Entry]], None],
    ) -> None:
        self._url = url
        self._begin = begin
        self._deliver = deliver
        self._hinted = asyncio.Event()
        self._position: Position | None = None

    async def run(self) -> None:
        """Follow until cancelled; a lost database is tried again, from the same position."""
        wait = 0.1
        while True:
            try:
                async with await self._connect() as reader, await self._connect() as listener:
                    wait = 0.1
                    await self._follow(reader, listener)
            except psycopg.Error as error:
                if wait < LONGEST_RETRY:
                    log.warning("the journal cannot be followed, trying again: %s", error)
                await asyncio.sleep(wait)
                wait = min(LONGEST_RETRY, wait * 2)

    async def between(self, after: Position, until: Position, limit: int) -> list[Entry]:
        """Entries in (`after`, `until`], at most `limit`. Raises psycopg.Error."""
        async with await self._connect() as connection:
            values = [str(after.xid), after.id, str(until.xid), until.id, limit]
            found = await connection.execute(SQL_BETWEEN, values)
            return await as_cases(connection, [entry(row) for row in await found.fetchall()])

    async def _connect(self) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=5, application_name="harken live"
        )

    async def _follow(
        self, reader: psycopg.AsyncConnection, listener: psycopg.AsyncConnection
    ) -> None:
        await listener.execute(f"LISTEN {NOTIFY_CHANNEL}")
        if self._position is None:
            found = await (await reader.execute(SQL_HORIZON)).fetchone()
            self._position = Position(int(found[0]) - 1 if found else 0, 2**63 - 1)
            self._begin(self._position)
        self._hinted.set()
        hearing = asyncio.create_task(self._hear(listener))
        try:
            await self._look(reader, self._position, hearing)
        finally:
            hearing.cancel()
            with suppress(asyncio.CancelledError, psycopg.Error):
                await hearing

    async def _hear(self, listener: psycopg.AsyncConnection) -> None:
        async for _ in listener.notifies():
            self._hinted.set()

    async def _look(
        self, reader: psycopg.AsyncConnection, position: Position, hearing: asyncio.Task[None]
    ) -> None:
        pause = LOOK_EVERY
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hinted.wait(), pause)
            if hearing.done():
                hearing.result()
            hinted = self._hinted.is_set()
            self._hinted.clear()
            found = await reader.execute(SQL_AFTER, [str(position.xid), position.id, PAGE])
            entries = await as_cases(reader, [entry(row) for row in await found.fetchall()])
            if entries:
                self._position = position = entries[-1].position
                self._deliver(entries)
            if len(entries) == PAGE:
                self._hinted.set()
            # A hint without its entry: an older transaction still runs and holds the horizon.
            pause = FIRST_LOOK_AGAIN if hinted else min(LOOK_EVERY, pause * 2)
