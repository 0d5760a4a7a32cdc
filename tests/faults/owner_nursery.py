"""A process that raises workers which look who answers, and kills them at random moments.

Started as `python -m tests.faults.owner_nursery WORKERS KILLS SEED`; each worker is a fork that
runs the real look, with the patience (seconds) of `HARKEN_PATIENCE`. A worker is killed with
SIGKILL and raised anew KILLS times, spread over `HARKEN_KILLS_WITHIN` seconds; then all live until
SIGTERM.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from datetime import timedelta

import django

from tests.faults.alarm_nursery import end


def live() -> None:
    """The worker: the real loop until SIGTERM."""
    from harken.domain.departments import tasks
    from harken.domain.departments.services import move

    move.PATIENCE = timedelta(seconds=float(os.environ["HARKEN_PATIENCE"]))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    tasks.run(stop)


def raise_one() -> int:
    pid = os.fork()
    if pid == 0:
        try:
            live()
        finally:
            os._exit(0)
    return pid


def main() -> None:
    workers, kills, dice = int(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    within = float(os.environ["HARKEN_KILLS_WITHIN"])
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    django.setup()
    children = [raise_one() for _ in range(workers)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    began = time.monotonic()
    for moment in sorted(dice.uniform(0, within) for _ in range(kills)):
        stop.wait(max(0.0, began + moment - time.monotonic()))
        victim = dice.randrange(workers)
        end(children[victim], signal.SIGKILL)
        children[victim] = raise_one()
    stop.wait()
    for child in children:
        end(child, signal.SIGTERM)


if __name__ == "__main__":
    main()
