"""Loaded before everything else: gives the tests a PostgreSQL of their own.

`HARKEN_TEST_DATABASE_URL` names a server to use (its user may create databases); otherwise an
embedded one is made in a temporary folder and removed at the end. Each run has its own database,
and each worker of a parallel run its own embedded server: a long transaction in one worker would
hold back what another one's tests may read of the journal.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psycopg

from harken.kit.postgres import Postgres

_server: Postgres | None = None
_folder: Path | None = None


def _start() -> None:
    global _server, _folder  # noqa: PLW0603 - a plugin module is the one place to keep it
    url = os.environ.get("HARKEN_TEST_DATABASE_URL", "")
    if not url:
        _folder = Path(tempfile.mkdtemp(prefix="harken-test-"))
        _server = Postgres(_folder / "pg")
        url = _server.start()
        _trust_the_machine(url)
    os.environ["HARKEN_DATABASE_URL"] = url
    os.environ["HARKEN_SECRET_KEY"] = "only-for-tests-and-never-anywhere-else-0123456789"
    os.environ["HARKEN_PRIVATE_HOSTS"] = "127.0.0.1,localhost"
    os.environ["HARKEN_DEMO"] = "0"


def _trust_the_machine(url: str) -> None:
    """Let commits not wait for the disk: tests kill processes, and never the machine.

    What is committed still survives the death of every process, PostgreSQL's own among them; and
    the tests that start Harken with a PostgreSQL of its own have it as it is everywhere.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("SELECT pg_reload_conf()")


# Importing the plugin must be enough: Django's settings are read before any hook of ours runs.
_start()


def pytest_unconfigure() -> None:
    """Stop and remove the embedded server at the end of the run."""
    if _server is not None:
        _server.destroy()
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)
