"""`harken doctor`: is everything there, and what to do if not."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harken import __version__
from harken.config.cli.ground import Failed, ground
from harken.config.cli.group import is_free, is_ready

OLDEST_POSTGRES = 150000  # server_version_num of PostgreSQL 15
LEAST_FREE = 1_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `advice` is empty when it is good."""

    what: str
    found: str
    advice: str = ""


def run(*, port: int, data: Path | None) -> int:
    """Print the findings; return 1 when something must be put right."""
    findings = [_python(), _port(port)]
    try:
        with ground(data) as folder:
            findings += [_disk(folder), *_database(), *look_at_stream()]
    except Failed as failure:
        findings.append(Finding("database", "not reachable", str(failure)))
    _show(findings)
    return 1 if any(finding.advice for finding in findings) else 0


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info >= (3, 11)
    return Finding("Python", found, "" if good else "Install Python 3.11 or newer.")


def _port(port: int) -> Finding:
    if is_free("127.0.0.1", port):
        return Finding("port", f"{port} is free")
    if is_ready("127.0.0.1", port):
        return Finding("port", f"Harken answers on {port}")
    return Finding("port", f"{port} is taken by something else", "Choose another with --port.")


def _disk(folder: Path) -> Finding:
    place = next(part for part in (folder, *folder.parents) if part.exists())
    usage = shutil.disk_usage(place)
    found = f"{usage.free / 1e9:.1f} GB free at {place}"
    enough = usage.free > LEAST_FREE and usage.free / usage.total > 0.1
    return Finding("disk", found, "" if enough else "Free some space: less than 10 % is left.")


def _database() -> list[Finding]:
    import psycopg

    url = os.environ["HARKEN_DATABASE_URL"]
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        advice = "Start that server or correct HARKEN_DATABASE_URL."
        return [Finding("database", str(error).strip().split("\n")[-1], advice)]
    found = f"PostgreSQL {version // 10000}.{version % 10000}"
    good = version >= OLDEST_POSTGRES
    finding = Finding("database", found, "" if good else "Harken needs PostgreSQL 15 or newer.")
    migrations = _guarded("migrations", _migrations)
    sources = [] if migrations.advice else [_guarded("sources", _sources)]
    return [finding, migrations, *sources]


def _migrations() -> Finding:
    from harken.config.cli.tasks import start_django

    start_django()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        return Finding("migrations", f"{missing} missing", "Run `harken migrate`.")
    return Finding("migrations", "all applied")


def look_at_stream() -> list[Finding]:
    """The stream engine, when one is named."""
    from harken.config.streams import has_stream

    return [_guarded("stream", _backlog)] if has_stream() else []


def _backlog() -> Finding:
    from contextlib import closing

    from harken.config.streams import SETTING, open_stream
    from harken.kit.stream import StreamAway

    with closing(open_stream()) as stream:
        try:
            waiting, in_hand = stream.backlog()
        except StreamAway as error:
            return Finding("stream", f"away: {error}", f"Start that server or correct {SETTING}.")
    return Finding("stream", f"{waiting:,} posts wait, {in_hand:,} are being matched")


def _sources() -> Finding:
    from harken.domain.listening.queries_sources import sources_health

    healths = sources_health()
    ill = [each for each in healths if each.state in {"stopped", "waiting", "failing", "silent"}]
    if not ill:
        return Finding("sources", f"{len(healths)} in the list, none in trouble")
    names = ", ".join(f"{each.source.name} ({each.word.lower()})" for each in ill)
    return Finding("sources", names, f"{ill[0].source.name}: {ill[0].advice}")


def _guarded(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:
        return Finding(what, "could not be checked", f"{type(error).__name__}: {error}")


def _show(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for finding in findings:
        mark = "[red]✗[/red]" if finding.advice else "[green]✓[/green]"
        table.add_row(mark, finding.what, finding.found, finding.advice)
    console = Console()
    console.print(f"Harken {__version__}")
    console.print(table)
