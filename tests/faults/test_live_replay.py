"""Nothing is missed and nothing comes twice over many reconnects, late commits and kills.

Real PostgreSQL, a real live process, real sockets. Eight writers hold their transactions open for
random times, so journal ids become visible out of order.
"""

import asyncio
import json
import random
import threading
import time
from dataclasses import dataclass, field

import psycopg

from tests.faults.nursery import PATIENCE
from tests.web.live.installation import Installation, insert, installation

WRITERS = 8
EACH = 150  # transactions a writer commits
READERS = ("ines", "noor", "sam", "vera") * 3
RECONNECTS = 17  # of each reader, so more than 200 in all
KILLS = 3  # of the live process meanwhile


@dataclass
class Reader:
    """A browser that keeps going away and comes back with the last id it saw."""

    name: str
    last: str
    seen: list[int] = field(default_factory=list)
    resets: int = 0
    connects: int = 0

    async def read(self, here: Installation, seconds: float) -> None:
        """One connection of at most that long."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        except OSError:
            await asyncio.sleep(0.05)
            return
        lines = ["GET /live HTTP/1.1", "Host: localhost", here.cookie(self.name)]
        writer.write("\r\n".join([*lines, f"Last-Event-ID: {self.last}", "", ""]).encode())
        self.connects += 1
        try:
            async with asyncio.timeout(seconds):
                while line := await reader.readline():
                    self.take(line.decode().strip())
        except (TimeoutError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    def take(self, line: str) -> None:
        """An id counts only with its data, as in a browser (they leave in one write)."""
        if line.startswith("id: "):
            self._id = line[4:]
        elif '"here"' in line:
            pass  # presence is no history
        elif line.startswith("event: reset"):
            self.resets += 1
        elif line.startswith("data: "):
            self.last = self._id
            told = json.loads(line[6:])
            if "message" in told:
                self.seen.append(told["message"])


def write(here: Installation, writer: int, written: dict[int, tuple[int, ...]]) -> None:
    dice = random.Random(writer)
    with psycopg.connect(here.url) as connection:
        for count in range(EACH):
            number = writer * 10_000 + count
            teams = dice.choice([(), (here.north,), (here.south,), (here.north, here.south)])
            insert(connection, "MessageReceived", list(teams), number)
            time.sleep(dice.random() ** 3 * 0.1)
            if dice.random() < 0.05:
                connection.rollback()
                continue
            connection.commit()
            written[number] = teams


async def read_until(
    here: Installation,
    reader: Reader,
    written: dict[int, tuple[int, ...]],
    done: threading.Event,
) -> None:
    dice = random.Random(reader.name)
    while reader.connects < RECONNECTS or not done.is_set():
        await reader.read(here, dice.uniform(0.02, 0.6))
    wanted, deadline = expected(here, reader.name, written), time.monotonic() + PATIENCE
    while wanted - set(reader.seen) and time.monotonic() < deadline:
        await reader.read(here, 3)
    await reader.read(here, 1)  # what came twice would come now


async def kill_now_and_then(here: Installation, done: threading.Event) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(1.5)
        await asyncio.to_thread(here.stop_live, kill=True)
        await asyncio.to_thread(here.start_live)


def expected(here: Installation, name: str, written: dict[int, tuple[int, ...]]) -> set[int]:
    mine = {"noor": {here.north}, "sam": {here.south}, "vera": set()}.get(name)
    return {
        number
        for number, teams in written.items()
        if mine is None or not teams or mine & set(teams)
    }


def test_two_hundred_reconnects_miss_nothing_and_see_nothing_twice(record_property):
    with installation() as here:
        here.record("ChannelConnected", [])
        with psycopg.connect(here.url) as connection:
            row = connection.execute("SELECT xid::text || '-' || id FROM journal_event").fetchone()
        assert row is not None
        here.start_live()
        readers = [Reader(name, last=row[0]) for name in READERS]
        written: dict[int, tuple[int, ...]] = {}
        writers = [
            threading.Thread(target=write, args=(here, number, written))
            for number in range(WRITERS)
        ]
        done = threading.Event()

        async def browse() -> None:
            for writer in writers:
                writer.start()
            async with asyncio.TaskGroup() as group:
                for reader in readers:
                    group.create_task(read_until(here, reader, written, done))
                await kill_now_and_then(here, done)
                for writer in writers:
                    await asyncio.to_thread(writer.join)
                done.set()

        asyncio.run(browse())
        for reader in readers:
            wanted = expected(here, reader.name, written)
            missed = wanted - set(reader.seen)
            foreign = set(reader.seen) - wanted
            doubled = len(reader.seen) - len(set(reader.seen))
            assert (missed, foreign, doubled, reader.resets) == (set(), set(), 0, 0), reader.name
        connects = sum(reader.connects for reader in readers)
        record_property("connects", connects)
        record_property("events", len(written))
        assert connects >= 200
        assert len(written) > WRITERS * EACH * 0.8
