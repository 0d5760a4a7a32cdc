"""What the listen and worker processes do, each until it is told to stop."""

from __future__ import annotations

import os
import socket
import threading

LEAVE = 1.0  # seconds the alarm gets to end


def run_listen(stop: threading.Event) -> None:
    """Read every connected channel."""
    from harken.domain.conversations.listening import run

    run(stop)


def run_worker(stop: threading.Event) -> None:
    """Deliver replies, likes and retractions; beside it, ring when promises are due, sort, wake."""
    from harken.domain.bulk.tasks import run as change_many
    from harken.domain.channels.registry import connector_for
    from harken.domain.conversations import waking
    from harken.domain.replies.delivery.loop import run
    from harken.domain.sla import alarms
    from harken.domain.triage.tasks import run as sort

    alarm = threading.Thread(target=alarms.run, args=(stop,), name="alarm", daemon=True)
    alarm.start()
    threading.Thread(target=sort, args=(stop,), name="triage", daemon=True).start()
    threading.Thread(target=waking.run, args=(stop,), name="waking", daemon=True).start()
    threading.Thread(target=change_many, args=(stop,), name="bulk", daemon=True).start()
    name = f"{socket.gethostname()}:{os.getpid()}"
    run(stop, connector_for=connector_for, worker_name=name)
    alarm.join(LEAVE)
