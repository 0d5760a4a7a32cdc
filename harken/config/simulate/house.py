"""A whole Harken of its own for the simulated day, under its supervisor."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harken.config.cli.ground import Failed
from harken.config.cli.group import free_port, harken, is_ready
from harken.kit.supervisor import PARENT

HOST = "127.0.0.1"
READY = 120.0  # seconds
LEAVE = 20.0  # seconds it gets to stop


@contextmanager
def open_house(folder: Path) -> Iterator[str]:
    """Web, live, worker and listen until the end of the `with` block; yields their address.

    The database must be in the environment. What the processes print goes to `folder/output`.
    Raises Failed when they do not start.
    """
    port = free_port(HOST, 0)
    output = folder / "output"
    # Named as its parent, we take it with us even when we are killed.
    env = os.environ | {PARENT: str(os.getpid())}
    command = [*harken("serve"), "--port", str(port), "--data", str(folder / "house")]
    with output.open("wb") as written:
        serve = subprocess.Popen(
            command, env=env, stdout=written, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait_for(serve, port, output)
        yield f"http://{HOST}:{port}"
    finally:
        _stop(serve)


def _wait_for(serve: subprocess.Popen[bytes], port: int, output: Path) -> None:
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline and serve.poll() is None:
        if is_ready(HOST, port):
            return
        time.sleep(0.1)
    raise Failed(f"Harken did not start for the simulated day; {output} says why.")


def _stop(serve: subprocess.Popen[bytes]) -> None:
    serve.terminate()
    try:
        serve.wait(LEAVE)
    except subprocess.TimeoutExpired:
        serve.kill()  # its children follow: they asked the kernel to tell them
        serve.wait()


class Load:
    """How busy the whole machine was, and this process in it. Parts of all cores, 0 to 1."""

    def __init__(self) -> None:
        self._began, self._own, self._machine = time.monotonic(), _own_seconds(), _busy_seconds()
        self._cores = os.cpu_count() or 1

    def now(self) -> tuple[float | None, float]:
        """Machine (None where the system does not tell) and own part since the start."""
        room = max(0.001, time.monotonic() - self._began) * self._cores
        busy = _busy_seconds()
        known = busy is not None and self._machine is not None
        machine = (busy - self._machine) / room if known else None  # type: ignore[operator]
        return machine, (_own_seconds() - self._own) / room


def _own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _busy_seconds() -> float | None:
    """Seconds all cores together were busy since the system started (Linux, proc(5))."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return None
    user, nice, system, _idle, _wait, *rest = map(int, stat.read_text().split("\n")[0].split()[1:])
    return (user + nice + system + sum(rest[:2])) / os.sysconf("SC_CLK_TCK")
