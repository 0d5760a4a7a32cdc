"""`harken demo`: an invented company, answered by you, in one command."""

from __future__ import annotations

import os
import shutil
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from harken.config.cli.ground import Failed, database_folder, ground, only_one
from harken.config.cli.group import (
    free_port,
    harken,
    has_display,
    processes,
    say,
    when_ready,
)
from harken.config.cli.tasks import apply_migrations, start_django
from harken.kit.supervisor import Command, Supervisor

HOST = "127.0.0.1"
NETWORK_PORT = 8400  # where the demo's network is looked for first


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    port: int
    data: Path
    browser: bool
    pace: float | None
    reset: bool
    replay: Path | None


def run(options: Options) -> int:
    """Prepare what is missing, run everything until Ctrl-C, return the exit code."""
    if options.replay is not None:
        _check_readable(options.replay)
    folder = options.data.expanduser().resolve()
    with only_one(folder) as lock:
        if options.reset:
            _throw_away(folder)
        # The demo's data are its own: a database meant for real work is never touched.
        for name in ("HARKEN_DATABASE_URL", "HARKEN_SECRET_KEY"):
            os.environ.pop(name, None)
        os.environ |= {
            "HARKEN_DEMO": "true",
            "HARKEN_DATA_DIR": str(folder),
            "HARKEN_PRIVATE_HOSTS": HOST,  # its network lives on this machine
        }
        with _step("Starting the database"):
            standing = ground(folder, owner=True)
            standing.__enter__()
        try:
            return _run(options, folder, lock)
        except KeyboardInterrupt:
            return 130
        finally:
            standing.__exit__(None, None, None)


def _run(options: Options, folder: Path, lock: IO[str]) -> int:
    network = free_port(HOST, NETWORK_PORT)
    port = free_port(HOST, options.port)
    if port != options.port:
        say(f"Port {options.port} is taken, using {port}.")
    url = f"http://{HOST}:{port}"
    os.environ["HARKEN_PORTAL_URL"] = url  # the customer is played in another browser
    with _step("Preparing the tables"):
        start_django()
        apply_migrations()
    from harken.config.demo.load import load

    with _step("Filling in the invented company") as progress:
        load(
            network_file(folder),
            f"http://{HOST}:{network}",
            say=lambda done, count: progress(f"{done} of {count} conversations"),
        )
    _close_connections()
    lock.write(url)
    lock.flush()
    commands = [*processes(folder, HOST, port, workers=1), _network(options, folder, network)]
    supervisor = Supervisor([_in_its_turn(command) for command in commands])

    def welcome() -> None:
        supervisor.go_on()
        _welcome(url, options.browser)

    when_ready(HOST, port, welcome)
    return supervisor.run()


def network_file(folder: Path) -> Path:
    """Where the demo's network keeps its posts."""
    return folder / "network"


def _network(options: Options, folder: Path, port: int) -> Command:
    arguments = ["--port", str(port), "--data", str(network_file(folder))]
    if options.pace is not None:
        arguments += ["--pace", str(options.pace)]
    if options.replay:
        arguments += ["--replay", str(options.replay.resolve())]
    return Command("network", harken("demo-network", *arguments))


def _in_its_turn(command: Command) -> Command:
    """What shows the desk starts first, and all else when somebody can look at it."""
    return replace(command, later=command.name not in ("web", "live"))


def _welcome(url: str, browser: bool) -> None:
    say(f"\n  Harken is ready:  {url}\n  Ctrl-C stops it; your demo is kept.\n")
    if browser and has_display():
        webbrowser.open(url)


def _throw_away(folder: Path) -> None:
    from harken.kit.postgres import Postgres

    with _step("Throwing the old demo away"):
        Postgres(database_folder(folder)).destroy()
        for entry in folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "running":
                entry.unlink()


def _check_readable(file: Path) -> None:
    from harken.config.demo.recording import UnusableFile, load

    try:
        load(file)
    except (UnusableFile, OSError) as error:
        raise Failed(f"{file} cannot be replayed: {error}") from None


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()  # this process only supervises from here on


@contextmanager
def _step(title: str) -> Iterator[Callable[[str], None]]:
    """Show that `title` is being done, then how long it took; yields what tells the progress."""
    from rich.console import Console

    console = Console()
    began = time.monotonic()
    with console.status(f"{title} …") as status:
        yield lambda progress: status.update(f"{title}: {progress}")
    console.print(f"[green]✓[/green] {title} [dim]{time.monotonic() - began:.1f} s[/dim]")
