"""A whole running Harken that listens to the reference Bluesky network."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from harken.config.cli.group import free_port, harken, is_ready
from tests.journeys.house import (
    HOST,
    kill_process,
    own_database,
    process_of,
    set_up,
    stop,
    until,
)

Rows = list[tuple[object, ...]]


@dataclass
class House:
    """A running installation. `sessions`: of everybody in `tests.cast`, by user name."""

    url: str
    database: str
    sessions: dict[str, str]
    supervisor: subprocess.Popen[bytes]

    def kill(self, name: str) -> None:
        """Kill a process without a warning, and wait until the supervisor has started it again."""
        killed = kill_process(self.supervisor, name)
        assert until(lambda: process_of(self.supervisor, name) not in {0, killed}, 90)

    def asked(self, statement: str, *values: object) -> Rows:
        """The rows of a query of the installation's database."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(statement, values).fetchall()

    @property
    def channel(self) -> int:
        """The number of the one channel."""
        ((number,),) = self.asked("SELECT id FROM channels_channel")
        return int(str(number))

    @property
    def channel_state(self) -> str:
        """How the channel is doing, as the listener has said."""
        ((state,),) = self.asked("SELECT state FROM channels_channel")
        return str(state)

    @property
    def last_heard(self) -> datetime | None:
        """When a read of the network last worked."""
        ((at,),) = self.asked("SELECT last_heard_at FROM channels_channel")
        return at if isinstance(at, datetime) else None


@contextmanager
def running_house() -> Iterator[House]:
    """Web, live, worker and listen under their supervisor; no channel is connected yet."""
    with tempfile.TemporaryDirectory(prefix="harken-day-") as folder, own_database() as database:
        env = os.environ | {"HARKEN_DATABASE_URL": database, "HARKEN_DEMO": "0"}
        sessions = set_up(env, "nobody", f"http://{HOST}:9")
        port = free_port(HOST, 0)
        _without_the_casts_channel(database)
        output = Path(folder) / "output"
        with output.open("wb") as out:
            supervisor = subprocess.Popen(
                [*harken("serve"), "--port", str(port), "--data", folder],
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
            house = House(f"http://{HOST}:{port}", database, sessions, supervisor)
            try:
                until(lambda: is_ready(HOST, port) or supervisor.poll() is not None, 180)
                assert is_ready(HOST, port), f"the house did not start:\n{output.read_text()}"
                yield house
            finally:
                stop(supervisor)


def _without_the_casts_channel(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("DELETE FROM channels_credential")
        connection.execute("DELETE FROM channels_channel")
