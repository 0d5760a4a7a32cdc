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
    """Deliver replies, likes and retractions; beside it, ring when promises are due, and sort."""
    from harken.domain.channels.registry import connector_for
    from harken.domain.departments.tasks import run as look
    from harken.domain.replies.delivery.loop import run
    from harken.domain.roster.tasks import run as keep_roster
    from harken.domain.sla import alarms
    from harken.domain.triage.tasks import run as sort

    alarm = threading.Thread(target=alarms.run, args=(stop,), name="alarm", daemon=True)
    alarm.start()
    threading.Thread(target=sort, args=(stop,), name="triage", daemon=True).start()
    threading.Thread(target=look, args=(stop,), name="departments", daemon=True).start()
    threading.Thread(target=keep_roster, args=(stop,), name="roster", daemon=True).start()
    name = f"{socket.gethostname()}:{os.getpid()}"
    run(stop, connector_for=connector_for, worker_name=name)
    alarm.join(LEAVE)
