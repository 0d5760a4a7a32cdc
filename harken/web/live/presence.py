"""Who is in which conversation, told to the browsers whose people may see it.

A look at the table every second is the truth (it also sees who fell silent), a hint makes it
sooner. Nothing of this is kept: who connects, or connects again, is told everything anew.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from itertools import groupby

import psycopg

from harken.domain.presence.queries import SQL_HERE, Person, asked_of, person, told
from harken.domain.presence.services import NOTIFY_CHANNEL
from harken.web.live.access import Viewer
from harken.web.live.hub import Hub

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds
GATHER = 0.05  # seconds in which hints become one look
RETRY = 2.0  # seconds between tries to reach a lost database

People = tuple[Person, ...]  # of one conversation, never empty


def _teams(people: People) -> tuple[int, ...]:
    team = people[0].team
    return (team,) if team else ()


def _event(here: dict[int, People], *, full: bool = False) -> bytes:
    data = {"full": full, "here": {where: told(people) for where, people in here.items()}}
    return f"event: presence\ndata: {json.dumps(data)}\n\n".encode()


class Watch:
    """Knows who is where and tells the listeners of `hub` what changes."""

    def __init__(self, url: str, hub: Hub) -> None:
        self._url = url
        self._hub = hub
        self._here: dict[int, People] = {}
        self._hinted = asyncio.Event()

    def everything(self, viewer: Viewer) -> bytes:
        """All that this viewer may know, replacing whatever their browser knew."""
        may = {
            where: people for where, people in self._here.items() if viewer.may_hear(_teams(people))
        }
        return _event(may, full=True)

    async def run(self) -> None:
        """Watch until cancelled; a lost database is tried again."""
        while True:
            try:
                async with await self._connect() as reader, await self._connect() as listener:
                    await listener.execute(f"LISTEN {NOTIFY_CHANNEL}")
                    hearing = asyncio.create_task(self._hear(listener))
                    try:
                        await self._look(reader, hearing)
                    finally:
                        hearing.cancel()
                        with suppress(asyncio.CancelledError, psycopg.Error):
                            await hearing
            except psycopg.Error as error:
                log.warning("presence cannot be watched, trying again: %s", error)
                await asyncio.sleep(RETRY)

    async def _connect(self) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=5, application_name="harken live"
        )

    async def _hear(self, listener: psycopg.AsyncConnection) -> None:
        async for _ in listener.notifies():
            self._hinted.set()

    async def _look(self, reader: psycopg.AsyncConnection, hearing: asyncio.Task[None]) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hinted.wait(), LOOK_EVERY)
                await asyncio.sleep(GATHER)
            if hearing.done():
                hearing.result()
            self._hinted.clear()
            found = await reader.execute(SQL_HERE, asked_of(None))
            people = [person(row) for row in await found.fetchall()]
            by_place = groupby(people, key=lambda one: one.conversation)
            self._tell({where: tuple(group) for where, group in by_place})

    def _tell(self, now: dict[int, People]) -> None:
        """Tell what differs from what was told; who may not know any more is told of nobody."""
        before, self._here = self._here, now
        for where in before.keys() | now.keys():
            was, people = before.get(where, ()), now.get(where, ())
            if was == people:
                continue
            may = set(self._hub.audience(_teams(people))) if people else set()
            might = set(self._hub.audience(_teams(was))) if was else set()
            someone, nobody = _event({where: people}), _event({where: ()})
            for listener in may | might:
                listener.push(someone if listener in may else nobody)
