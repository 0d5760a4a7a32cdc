"""Harken's processes as one group behind one port."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from harken.config.cli.ground import Failed, data_folder, ground, only_one
from harken.config.cli.tasks import apply_migrations, start_django
from harken.config.streams import has_stream
from harken.kit.supervisor import Command, Supervisor, follow_parent

PORTS_TRIED = 50
SOCKET_LIMIT = 100  # characters of a unix socket's path
READY_TIMEOUT = 60.0  # seconds until we say that something is wrong


def harken(*args: str) -> list[str]:
    """The command line of one of our own commands, with this very Python."""
    return [sys.executable, "-m", "harken.config.cli", *args]


def processes(folder: Path, host: str, port: int, *, workers: int = 2) -> list[Command]:
    """All processes; the pages hide behind a socket in `folder` that only we can open."""
    pages = {"HARKEN_PAGES": pages_address(folder)}
    matcher = [Command("matcher", harken("matcher"))] if has_stream() else []
    return [
        Command("web", harken("web", "--workers", str(workers)), pages),
        Command("live", harken("live", "--host", host, "--port", str(port)), pages),
        Command("worker", harken("worker")),
        Command("listen", harken("listen")),
        *matcher,
    ]


def pages_address(folder: Path) -> str:
    """`unix:` and a path, or a free local port where the path would be too long."""
    path = folder / "pages.sock"
    if len(str(path)) <= SOCKET_LIMIT:
        return f"unix:{path}"
    return f"127.0.0.1:{free_port('127.0.0.1', 0)}"


def serve(*, host: str, port: int, data: Path | None) -> int:
    """Migrate, then run everything until a signal; return the exit code."""
    follow_parent()
    if not is_free(host, port):
        raise Failed(f"Port {port} is taken; choose another with --port.")
    folder = data_folder(data)
    with only_one(folder) as lock, ground(folder, owner=True):
        start_django()
        apply_migrations()
        local = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - comparing only
        url = f"http://{local}:{port}"
        lock.write(url)
        lock.flush()
        when_ready(local, port, lambda: say(f"Harken is ready: {url}"))
        return Supervisor(processes(folder, host, port)).run()


def when_ready(host: str, port: int, then: Callable[[], None]) -> None:
    """Call `then` from a thread once /-/ready is 200; complain when that takes too long."""

    def look() -> None:
        deadline = time.monotonic() + READY_TIMEOUT
        while time.monotonic() < deadline:
            if is_ready(host, port):
                return then()
            time.sleep(0.05)
        say(f"Harken is not ready after {READY_TIMEOUT:.0f} s; the lines above say why.")
        return None

    threading.Thread(target=look, daemon=True).start()


def say(text: str) -> None:
    """One line to the person in front of the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str, wished: int) -> int:
    """`wished` or the next free port; 0 asks for any. Raises Failed."""
    if wished == 0:
        with socket.socket() as probe:
            probe.bind((host, 0))
            return int(probe.getsockname()[1])
    for port in range(wished, min(wished + PORTS_TRIED, 65536)):
        if is_free(host, port):
            return port
    raise Failed(f"No free port from {wished} on; choose one with --port.")


def has_display() -> bool:
    """Whether opening a browser makes sense here."""
    if os.environ.get("CI") or os.environ.get("SSH_CONNECTION") or not sys.stdout.isatty():
        return False
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform == "darwin" or bool(shown)


def is_ready(host: str, port: int) -> bool:
    """Ask /-/ready by hand: an HTTP library would double this process's start-up time."""
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            connection.sendall(b"GET /-/ready HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in connection.recv(64).partition(b"\r\n")[0] + b" "
    except OSError:
        return False
