"""A process that raises waking workers and kills them at random moments.

Started as `python -m tests.faults.waking_nursery WORKERS KILLS SEED`, see `alarm_nursery`.
"""

from __future__ import annotations

import signal
import threading

from tests.faults import alarm_nursery


def live() -> None:
    """The worker: the real loop until SIGTERM."""
    from harken.domain.conversations import waking

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    waking.run(stop)


if __name__ == "__main__":
    alarm_nursery.live = live
    alarm_nursery.main()
