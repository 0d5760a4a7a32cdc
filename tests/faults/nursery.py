"""What every nursery shares: it raises workers, kills them at random moments, and raises them anew.

A nursery is a process of its own, started by a test as `python -m tests.faults.<name>_nursery
WORKERS KILLS SEED`; each worker is a fork that runs the real loop. A worker is killed with SIGKILL
and raised anew KILLS times, spread over `HARKEN_KILLS_WITHIN` seconds; then all live until SIGTERM.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent.parent
FAREWELL = 90  # seconds a nursery has to end
PATIENCE = 120.0  # seconds until what has to happen did; they only end what would hang
# Seconds after its moment at which something has happened. One is what is promised, and what an
# idle machine takes: the long runs ask for it. On a busy one only a lost moment is later still.
PROMISED, LATEST = 1.0, 30.0
Run = Callable[[threading.Event], None]


@contextmanager
def nursery(name: str, *given: object, within: float, **more: object) -> Iterator[None]:
    """The nursery `name` with these arguments, on the test's own database, ended afterwards.

    `within`: seconds over which its kills lie; `more` goes into its environment as `HARKEN_...`.
    """
    from tests.faults.outbox import own_database  # models: the nursery itself has none yet

    settings = {"database_url": own_database(), "kills_within": within} | more
    raising = subprocess.Popen(
        [sys.executable, "-m", f"tests.faults.{name}_nursery", *map(str, given)],
        cwd=ROOT,
        env={**os.environ, **{f"HARKEN_{key.upper()}": str(settings[key]) for key in settings}},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert raising.stdout
        assert raising.stdout.readline() == "ready\n"
        yield
        raising.terminate()
        raising.wait(FAREWELL)
    finally:
        end_all_of(raising)


def end_all_of(nursery: subprocess.Popen[str]) -> None:
    """Nobody outlives a nursery, also not where it ended before it could end its children."""
    with suppress(ProcessLookupError):
        os.killpg(nursery.pid, signal.SIGKILL)
    nursery.wait()


def until(sure: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Look until `sure` is true or the time is over; what is asserted afterwards says which."""
    deadline = time.monotonic() + seconds
    while not sure() and time.monotonic() < deadline:
        time.sleep(0.05)


def told_to_stop() -> threading.Event:
    """Set by SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return stop


def raise_one(live: Callable[[], Run], stop: threading.Event) -> int:
    """Fork a worker that runs what `live` gives until SIGTERM; returns its process id.

    `stop` is the nursery's, which the worker has a copy of with what sets it: so it hears a SIGTERM
    from its first moment on, also while it still imports what it runs.
    """
    pid = os.fork()
    if pid == 0:
        try:
            live()(stop)
        finally:
            os._exit(0)
    return pid


def end(pid: int, number: signal.Signals) -> None:
    os.kill(pid, number)
    os.waitpid(pid, 0)


def main(live: Callable[[], Run]) -> None:
    """The nursery: `live` is called in each worker and gives the loop it runs."""
    workers, kills, dice = int(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    within = float(os.environ["HARKEN_KILLS_WITHIN"])
    stop = told_to_stop()
    django.setup()
    children = [raise_one(live, stop) for _ in range(workers)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    began = time.monotonic()
    for moment in sorted(dice.uniform(0, within) for _ in range(kills)):
        stop.wait(max(0.0, began + moment - time.monotonic()))
        victim = dice.randrange(workers)
        end(children[victim], signal.SIGKILL)
        children[victim] = raise_one(live, stop)
    stop.wait()
    for child in children:
        end(child, signal.SIGTERM)
