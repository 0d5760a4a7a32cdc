"""A process that raises alarm workers and kills them at random moments.

Started as `python -m tests.faults.alarm_nursery WORKERS KILLS SEED [MODULE]`; each worker is a fork
that runs the real alarm, or the `run` of that module. A worker is killed with SIGKILL and raised
anew KILLS times, spread over the time given in the environment variable `HARKEN_KILLS_WITHIN`
(seconds); then all live until SIGTERM.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from importlib import import_module

import django


def live() -> None:
    """The worker: the real loop until SIGTERM."""
    clock = import_module(sys.argv[4] if len(sys.argv) > 4 else "harken.domain.sla.alarms")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    clock.run(stop)


def raise_one() -> int:
    pid = os.fork()
    if pid == 0:
        try:
            live()
        finally:
            os._exit(0)
    return pid


def end(pid: int, number: signal.Signals) -> None:
    os.kill(pid, number)
    os.waitpid(pid, 0)


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
    moments = sorted(dice.uniform(0, within) for _ in range(kills))
    for moment in moments:
        stop.wait(max(0.0, began + moment - time.monotonic()))
        victim = dice.randrange(workers)
        end(children[victim], signal.SIGKILL)
        children[victim] = raise_one()
    stop.wait()
    for child in children:
        end(child, signal.SIGTERM)


if __name__ == "__main__":
    main()
