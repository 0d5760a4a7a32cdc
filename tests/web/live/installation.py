"""A small real installation for tests of the live process: database, people, server processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from harken.kit.postgres import Postgres

# In a process of its own: pytest's Django is bound to pytest's test database.
SET_UP = """
import json
from harken.config.cli.tasks import apply_migrations, start_django
start_django()
apply_migrations()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from harken.domain.people.models import Brand, Membership, Team, User
brand = Brand.objects.create(name="Meridian", slug="meridian")
teams = [Team.objects.create(brand=brand, name=name, slug=name) for name in ("north", "south")]
sessions = {}
for name, role, mine in [
    ("ines", "manager", []), ("noor", "agent", teams[:1]), ("sam", "agent", teams[1:]),
    ("vera", "viewer", []),
]:
    user = User.objects.create_user(name, f"{name}@meridian.example", "long enough", role=role)
    for team in mine:
        Membership.objects.create(user=user, team=team)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    sessions[name] = store.session_key
print(json.dumps({"teams": [team.pk for team in teams], "sessions": sessions}))
"""
INSERT = """
INSERT INTO journal_event (kind, teams, data) VALUES (%s, %s, %s) RETURNING id
"""


@dataclass
class Installation:
    """`sessions` by user name: ines (manager), noor (north), sam (south), vera (viewer)."""

    url: str
    env: dict[str, str]
    north: int
    south: int
    sessions: dict[str, str]
    port: int
    _server: subprocess.Popen[bytes] | None = field(default=None)

    def start_live(self) -> None:
        """Start the live process and wait until it answers."""
        command = [sys.executable, "-m", "harken.config.cli", "live", "--port", str(self.port)]
        self._server = subprocess.Popen(command, env=self.env)
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the live process did not start")

    def stop_live(self, *, kill: bool = False) -> int:
        """End the live process; its exit code."""
        assert self._server is not None
        self._server.kill() if kill else self._server.terminate()
        return self._server.wait(90)

    def record(self, kind: str, teams: list[int], number: int = 0) -> None:
        """Write one journal entry, committed, with its hint."""
        with psycopg.connect(self.url) as connection:
            insert(connection, kind, teams, number)

    def cookie(self, name: str) -> str:
        """The request header that signs `name` in."""
        return f"Cookie: harken_session={self.sessions[name]}"


def insert(connection: psycopg.Connection, kind: str, teams: list[int], number: int) -> None:
    """Write one journal entry in the open transaction, as `journal.record` does."""
    connection.execute(INSERT, [kind, teams, json.dumps({"message": number})])
    connection.execute("SELECT pg_notify('harken', '')")


@contextmanager
def installation() -> Iterator[Installation]:
    """Everything up but the live process itself."""
    with tempfile.TemporaryDirectory(prefix="live-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        postgres = Postgres(Path(folder) / "postgres")
        try:
            env = os.environ | {
                "HARKEN_DATABASE_URL": postgres.start(),
                "HARKEN_SECRET_KEY": "only-for-tests",
                "HARKEN_PAGES": f"unix:{folder}/nobody.sock",
            }
            done = subprocess.run(
                [sys.executable, "-c", SET_UP], env=env, check=True, stdout=subprocess.PIPE
            )
            made = json.loads(done.stdout)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            north, south = made["teams"]
            here = Installation(postgres.url, env, north, south, made["sessions"], port)
            try:
                yield here
            finally:
                if here._server is not None and here._server.poll() is None:
                    here.stop_live(kill=True)
        finally:
            postgres.destroy()
