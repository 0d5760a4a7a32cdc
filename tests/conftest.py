"""What every test can ask for; the people and conversations are in `tests.cast`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["tests.cast", "tests.emptying"]

# They run a whole house, or a whole network beside it: one after the other.
HOUSES = ("tests/bluesky_day/", "tests/journeys/")

# They read the clock of processes they start and kill: one after the other as well.
CLOCKS = ("tests/faults/", "tests/web/live/")

# Their neighbours that prove what happens and not when: they go to whoever is free.
CALM = tuple(
    f"tests/faults/test_{name}.py"
    for name in ("intake", "outbox", "outbox_laws", "outbox_model", "races")
)

# One network for all of them; the days of Bluesky have one already.
ATPROTO = (
    "harken/connectors/bluesky/",
    "harken/connectors/jetstream/tests/test_authors.py",
    "tests/servers/atproto/",
)

ASIDE = 5  # steps of priority

# They begin in this order: nobody is left alone with a long one at the end.
FIRST = (
    *("houses", "clocks", "tests/web/test_leaks.py", "tests/web/test_route_matrix.py"),
    *("tests/faults/test_races.py", "tests/faults/test_outbox.py", "atproto", *CALM),
)


def together_with(nodeid: str) -> str:
    """The tests of one name run in one worker, one after the other: mostly those of a file."""
    if nodeid.startswith(HOUSES):
        return "houses"
    if nodeid.startswith(CLOCKS) and not nodeid.startswith(CALM):
        return "clocks"
    return "atproto" if nodeid.startswith(ATPROTO) else nodeid.partition("::")[0]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side, what takes longest begins first."""

    def turn(item: pytest.Item) -> int:
        name = together_with(item.nodeid)
        return FIRST.index(name) if name in FIRST else len(FIRST)

    if hasattr(config, "workerinput"):
        items.sort(key=turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Side by side, `together_with` says what stays together; the first worker has the houses."""
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False  # the number of tests tells little about their time

    class HousesAndClocks(LoadScopeScheduling):  # type: ignore[misc]  # xdist is not typed
        @property
        def nodes(self) -> list[Any]:
            return sorted(super().nodes, key=lambda node: node.gateway.id)

        def _split_scope(self, nodeid: str) -> str:
            return together_with(nodeid)

    return HousesAndClocks(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Side by side, from its first test on that watches nothing a worker lets the others go first.

    With all that it starts then; the watched ones begin with the run, so none comes after it.
    """
    watches = together_with(item.nodeid) in {"houses", "clocks"}
    if hasattr(item.config, "workerinput") and not watches and os.nice(0) < ASIDE:
        os.nice(ASIDE)


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
