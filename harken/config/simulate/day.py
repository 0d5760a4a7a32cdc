"""`harken simulate day`: a day at the desk, from the first post to the last sum."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import ExitStack
from pathlib import Path

from harken.config.cli.ground import Failed, database_folder, ground, only_one
from harken.config.cli.group import say
from harken.config.cli.tasks import apply_migrations, start_django
from harken.config.simulate.house import HOST
from harken.config.simulate.plan import MINUTE, Options
from harken.kit.postgres import Postgres


def run(options: Options) -> int:
    """Live through the day; 0 when everything adds up, 1 when not, 130 when it was cut short."""
    if MINUTE % options.speed:
        raise Failed("Choose a speed by which a minute can be divided: 1, 2, 3, 4, 5, 6, 10 …")
    folder = options.data.expanduser().resolve()
    with only_one(folder) as lock, ExitStack() as stack:
        lock.write("a simulated day")
        lock.flush()
        _throw_away(folder)
        # Its data are its own: a database meant for real work is never touched.
        for name in ("HARKEN_DATABASE_URL", "HARKEN_SECRET_KEY", "HARKEN_DEMO"):
            os.environ.pop(name, None)
        os.environ |= {"HARKEN_DATA_DIR": str(folder), "HARKEN_PRIVATE_HOSTS": HOST}
        stack.enter_context(ground(folder, owner=True))
        start_django()
        apply_migrations()
        former = signal.signal(signal.SIGTERM, signal.default_int_handler)
        stack.callback(signal.signal, signal.SIGTERM, former)
        # Its modules need the tables, so they are imported once there are some.
        from harken.config.simulate.director import direct

        try:
            return direct(options, folder)
        except KeyboardInterrupt:
            say("Stopped before the day began; there is nothing to report.")
            return 130


def _throw_away(folder: Path) -> None:
    Postgres(database_folder(folder)).destroy()
    shutil.rmtree(folder / "house", ignore_errors=True)
    for name in ("network", "output", "secret-key"):
        (folder / name).unlink(missing_ok=True)
