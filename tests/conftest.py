"""What every test can ask for; the people and conversations are in `tests.cast`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["tests.cast", "tests.emptying"]

# They read the clock or run a whole house: two of them at once would only measure each other.
WATCHES = ("tests/bluesky_day/", "tests/faults/", "tests/journeys/", "tests/web/live/")

# Their neighbours that prove what happens and not when: they go to whoever is free.
CALM = tuple(
    f"tests/faults/test_{name}.py"
    for name in ("intake", "outbox", "outbox_laws", "outbox_model", "races")
)

# One file after the other begins in this order: nobody is left alone with a long one at the end.
FIRST = (*WATCHES, "tests/web/test_leaks.py", "tests/web/test_route_matrix.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side, what takes longest begins first."""

    def turn(item: pytest.Item) -> int:
        return next(
            (n for n, place in enumerate(FIRST) if item.nodeid.startswith(place)), len(FIRST)
        )

    if hasattr(config, "workerinput"):
        items.sort(key=turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Side by side, a file stays with one worker, and so do all tests that read the clock."""
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False  # the number of tests tells little about their time

    class FilesAndWatches(LoadScopeScheduling):  # type: ignore[misc]  # xdist is not typed
        def _split_scope(self, nodeid: str) -> str:
            watches = nodeid.startswith(WATCHES) and not nodeid.startswith(CALM)
            return "watches" if watches else nodeid.partition("::")[0]

    return FilesAndWatches(config, log)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Name the test database after this process, so that runs side by side never meet.

    It begins with all tables (tests/config/test_tables.py: as the migrations make them).
    """
    from django.conf import settings

    from harken.config import tables

    mine = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    server = os.environ["HARKEN_DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE tables_{mine}")
        with psycopg.connect(server, dbname=f"tables_{mine}") as empty:
            empty.execute(tables.WRITTEN.read_text())
        names = {"NAME": f"test_{mine}", "TEMPLATE": f"tables_{mine}"}
        settings.DATABASES["default"].setdefault("TEST", {}).update(names)
        yield
        connection.execute(f"DROP DATABASE tables_{mine} WITH (FORCE)")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hash test passwords cheaply: a hundred logins should not cost a hundred seconds."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
