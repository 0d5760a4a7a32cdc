"""What every process stands on: a database and a secret key, your own or Harken's."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from harken.kit.postgres import Postgres


class Failed(Exception):
    """Something a person can put right; the text is one sentence that says how."""

    def __init__(self, sentence: str, *, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


@contextmanager
def ground(data: Path | None = None, *, owner: bool = False) -> Iterator[Path]:
    """Put database and secret key into the environment, for this process and its children.

    HARKEN_DATABASE_URL and HARKEN_SECRET_KEY win; what is missing comes from the folder `data`
    (default HARKEN_DATA_DIR), where an embedded PostgreSQL is started and, if it was started
    here, stopped at the end. The `owner` (see `only_one`) also stops one that it found: a killed
    predecessor left it. Yields the folder. Raises Failed.
    """
    from harken.config.settings import get_settings

    folder = data_folder(data)
    _ensure_secret(folder)
    postgres, found = _ensure_database(folder)
    get_settings.cache_clear()
    try:
        yield folder
    finally:
        if postgres is not None and (owner or not found):
            postgres.stop()


def data_folder(data: Path | None) -> Path:
    """The folder named on the command line, or HARKEN_DATA_DIR. Raises Failed on bad settings."""
    from pydantic import ValidationError

    from harken.config.settings import get_settings
    from harken.kit.supervisor import MISCONFIGURED

    try:
        return (data or get_settings().data_dir).expanduser().resolve()
    except ValidationError as error:
        first = error.errors()[0]
        name = "HARKEN_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Failed(f"{name}: {first['msg']}.", code=MISCONFIGURED) from None


def make_folder(folder: Path) -> None:
    """Make Harken's own folder. Root leaves it passable: its database runs under an account."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def database_folder(folder: Path) -> Path:
    """Where the embedded PostgreSQL keeps its data."""
    return folder / "postgres"


def _ensure_secret(folder: Path) -> None:
    if os.environ.get("HARKEN_SECRET_KEY"):
        return
    path = folder / "secret-key"
    if not path.exists():
        make_folder(folder)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
    os.environ["HARKEN_SECRET_KEY"] = path.read_text().strip()


def _ensure_database(folder: Path) -> tuple[Postgres | None, bool]:
    """Start or find the embedded server, None if it is not wanted; whether it already ran."""
    if os.environ.get("HARKEN_DATABASE_URL"):
        return None, False
    from harken.kit.postgres import Postgres, PostgresFailed

    make_folder(folder)
    try:
        postgres = Postgres(database_folder(folder))
        found = postgres.is_running()
        os.environ["HARKEN_DATABASE_URL"] = postgres.start()
    except PostgresFailed as failure:
        raise Failed(str(failure)) from failure
    return postgres, found


@contextmanager
def only_one(folder: Path) -> Iterator[IO[str]]:
    """Hold the folder; yields a file to write the address into.

    Raises Failed with the address that the holder wrote, when somebody else holds it.
    """
    make_folder(folder)
    with (folder / "running").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            where = file.read() or "it is just starting"
            raise Failed(f"Harken already runs on {folder}: {where}") from None
        file.truncate(0)
        yield file
