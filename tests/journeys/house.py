"""The whole of Harken for a browser: its own database, its real processes, a network of customers.

`harken serve` runs as it does for people, with a supervisor that restarts what is killed; the
loopback network stands in this process, so that a test can post, look and count there.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg

from harken.config.cli.group import free_port, harken, is_ready
from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import NewPost, Person, Post

HOST = "127.0.0.1"
PASSWORD = "only-for-the-journeys"
UNDO_SECONDS = 3
T = TypeVar("T")

# In a process of its own: pytest's Django is bound to pytest's test database.
SET_UP = """
import json, sys
from django.db import transaction
from harken.config.cli.tasks import apply_migrations, start_django
start_django()
apply_migrations()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.backends.db import SessionStore
from harken.domain.channels.credentials import store_login
from harken.domain.people.models import User
from tests.cast import make_company
PBKDF2PasswordHasher.iterations = 1  # real ones take seconds for a whole company
account, service, password, undo_seconds = sys.argv[1:]
channel = make_company().channel
channel.external_id, channel.service, channel.undo_seconds = account, service, int(undo_seconds)
channel.save()
with transaction.atomic():
    store_login(channel.pk, {"password": password})
sessions = {}
for user in User.objects.all():
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    sessions[user.username] = store.session_key
print(json.dumps(sessions))
"""


def until(look: Callable[[], T], seconds: float = 90.0) -> T:
    """Wait until `look` gives something true; returns its last value."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


@dataclass
class House:
    """A running installation. `sessions`: of everybody in `tests.cast`, by user name."""

    url: str
    database: str
    network: LoopbackNetwork
    sessions: dict[str, str]
    supervisor: subprocess.Popen[bytes]
    output: Path

    def said(self) -> str:
        """What its processes printed lately."""
        return self.output.read_text()[-4000:]

    def post(self, who: Person, text: str, *, under: Post | None = None, **more: object) -> Post:
        """A customer writes at the network, as an answer to the post `under`."""
        author = self.network.person(who)
        reply_to = under.id if under else None
        return self.network.write(author, NewPost(text, reply_to=reply_to, **more))  # type: ignore[arg-type]

    def ours(self, text: str) -> list[Post]:
        """Our posts with exactly this text, as they stand at the network."""
        return [post for post in self.network.posts_of("meridian.example") if post.text == text]

    def asked(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """The rows of a query of the installation's database."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(statement, values).fetchall()

    def is_ready(self) -> bool:
        """Whether the one port answers that everything works."""
        return is_ready(HOST, urlsplit(self.url).port or 0)

    @contextmanager
    def patient(self) -> Iterator[None]:
        """Answers are held for two minutes: how fast this machine is decides about no undo."""
        statement = "UPDATE channels_channel SET undo_seconds = %s RETURNING undo_seconds"
        self.asked(statement, 120)
        try:
            yield
        finally:
            self.asked(statement, UNDO_SECONDS)

    def process(self, name: str) -> int:
        """The process id of `web`, `live`, `worker` or `listen` as it runs now, else 0."""
        return process_of(self.supervisor, name)

    def kill(self, name: str) -> int:
        """Kill a process without a warning; the supervisor starts it again. Returns its old id."""
        return kill_process(self.supervisor, name)


def process_of(supervisor: subprocess.Popen[bytes], name: str) -> int:
    """The process id of a supervisor's `name` as it runs now, else 0."""
    table = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,command="], check=True, capture_output=True, text=True
    ).stdout
    for line in table.splitlines():
        pid, parent, command = line.split(maxsplit=2)
        if int(parent) == supervisor.pid and f"harken.config.cli {name}" in command:
            return int(pid)
    return 0


def kill_process(supervisor: subprocess.Popen[bytes], name: str) -> int:
    """Kill a supervisor's `name` without a warning. Returns its id."""
    pid = process_of(supervisor, name)
    assert pid, f"{name} does not run"
    os.kill(pid, signal.SIGKILL)
    return pid


@contextmanager
def running_house() -> Iterator[House]:
    """Everything up until the end of the `with` block; nothing outlives it."""
    with (
        tempfile.TemporaryDirectory(prefix="harken-journey-") as folder,
        own_database() as database,
        LoopbackNetwork.serve() as network,
    ):
        env = os.environ | {"HARKEN_DATABASE_URL": database, "HARKEN_DEMO": "0"}
        us = network.open_account(Person("meridian.example", "Meridian"), password=PASSWORD)
        sessions = set_up(env, us.id, network.url)
        port = free_port(HOST, 0)
        output = Path(folder) / "output"
        with output.open("wb") as written:
            supervisor = subprocess.Popen(
                [*harken("serve"), "--port", str(port), "--data", folder],
                env=env | {"HARKEN_PORTAL_URL": f"http://{HOST}:{port}"},
                stdout=written,
                stderr=subprocess.STDOUT,
            )
            house = House(f"http://{HOST}:{port}", database, network, sessions, supervisor, output)
            try:
                ready = until(lambda: house.is_ready() or supervisor.poll() is not None, 240)
                assert ready and supervisor.poll() is None, f"it did not start:\n{house.said()}"
                yield house
            finally:
                stop(supervisor)


def set_up(env: dict[str, str], account: str, service: str) -> dict[str, str]:
    """Make the tables and the company of `tests.cast`; everybody's session key by user name."""
    command = [sys.executable, "-c", SET_UP, account, service, PASSWORD, str(UNDO_SECONDS)]
    made = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE)
    sessions: dict[str, str] = json.loads(made.stdout.splitlines()[-1])
    return sessions


def stop(supervisor: subprocess.Popen[bytes]) -> None:
    """Ask it to stop everything, and see that it does."""
    supervisor.terminate()
    try:
        supervisor.wait(60)
    except subprocess.TimeoutExpired:
        supervisor.kill()  # its children follow: they asked the kernel to tell them
        supervisor.wait(60)


@contextmanager
def own_database() -> Iterator[str]:
    """A new database on the tests' server, dropped at the end; yields its URL."""
    server = os.environ["HARKEN_DATABASE_URL"]
    name = f"journeys_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
