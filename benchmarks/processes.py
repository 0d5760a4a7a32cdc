"""Processes of a benchmark: started, awaited, and gone at its end whatever happens."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds; a busy machine starts slowly, and starting is not what we measure


@contextmanager
def running(
    command: Sequence[str], env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """The command as a process with our environment and `env`; stdin and stdout are pipes."""
    process = subprocess.Popen(
        list(command),
        env={**os.environ, **(env or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()
            process.wait()


@contextmanager
def folder() -> Iterator[Path]:
    """A short-named temporary folder: a unix socket's path may not be long."""
    with tempfile.TemporaryDirectory(prefix="hb-", dir="/tmp") as path:
        yield Path(path)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, *, cookie: str = "") -> None:
    """Return once the address answers 200. Raises TimeoutError after `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    request = urllib.request.Request(url, headers={"Cookie": cookie})
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")
