"""All tables of an empty database at once, as the migrations would make them one after another.

A migration costs little in PostgreSQL and much in Python: Django builds its picture of all models
anew for each step. On an empty database those pictures lead to the same statements every time, so
`bin/tables` has written the statements down. Whatever migration is newer than that file is applied
after it in the usual way, and a database with anything in it never meets the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

WRITTEN = Path(__file__).with_name("tables.sql")
HEAD = "-- Written by bin/tables from the migrations. Change the models, then run it again.\n"
# One transaction for everything: what was checked only at its end would stop a later statement.
BEGIN = "SET CONSTRAINTS ALL IMMEDIATE;\n"
NOT_TABLES = ("SELECT", "SAVEPOINT", "RELEASE", 'INSERT INTO "django_migrations"')
SQL_EMPTY = """
SELECT NOT EXISTS (
    SELECT FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
)
"""


def lay() -> int:
    """Make all tables of an empty database; how many migrations that were, 0 where it is not."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SQL_EMPTY)
        (is_empty,) = cursor.fetchone()
        if not is_empty:
            return 0
        cursor.execute(WRITTEN.read_text())
        cursor.execute("SELECT count(*) FROM django_migrations")
        return int(cursor.fetchone()[0])


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collects every statement that changes the database, ready to be run without values."""
    heard: list[str] = []

    def hear(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not sql.lstrip().upper().startswith(tuple(word.upper() for word in NOT_TABLES)):
            made = context["cursor"].cursor.mogrify(sql, params) if params else sql
            heard.append(made.strip().rstrip(";"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        yield heard


def written(statements: Sequence[str], applied: Sequence[tuple[str, str]]) -> str:
    """The file: these statements, and the migrations (app and name) they stand for."""
    rows = ",\n".join(f"('{app}', '{name}', now())" for app, name in applied)
    done = f"INSERT INTO django_migrations (app, name, applied) VALUES\n{rows}"
    return HEAD + BEGIN + "".join(f"{each};\n" for each in [*statements, done])
