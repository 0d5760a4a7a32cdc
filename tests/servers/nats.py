"""The real nats-server with JetStream on a folder of its own, which outlives its restarts."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HOST = "127.0.0.1"
PATIENCE = 90.0  # seconds to start; a busy machine is slow


class NatsServer:
    """One server; `address` is what the setting takes. `options` are more of its command line."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder, self._options = folder, options
        self._process: subprocess.Popen[bytes] | None = None
        self._comes_back: threading.Timer | None = None
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = int(probe.getsockname()[1])
        self.address = f"nats://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        program = shutil.which("nats-server")
        assert program
        where = ["-a", HOST, "-p", str(self.port), "-js", "-sd", str(self._folder)]
        self._process = subprocess.Popen(
            [program, *where, *self._options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("nats-server does not listen")

    def stay_away(self, seconds: float) -> None:
        """Killed, and started again so many seconds later, while the caller goes on."""
        self.kill()
        self._comes_back = threading.Timer(seconds, self.start)
        self._comes_back.start()

    def kill(self) -> None:
        """SIGKILL: nothing is said to anybody, nothing is written down first."""
        if self._comes_back is not None:
            self._comes_back.join()  # two at one port would be one too many
            self._comes_back = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def nats_server(folder: Path, *options: str) -> Iterator[NatsServer]:
    """A running server, gone afterwards; skips the test where the program is not installed."""
    if shutil.which("nats-server") is None:
        pytest.skip("nats-server is not installed (Debian: apt install nats-server)")
    server = NatsServer(folder, *options)
    server.start()
    try:
        yield server
    finally:
        server.kill()
