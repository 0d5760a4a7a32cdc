"""What the listen and worker processes do, each until it is told to stop."""

from __future__ import annotations

import os
import socket
import threading


def run_listen(stop: threading.Event) -> None:
    """Read every connected channel."""
    from harken.domain.conversations.listening import run

    run(stop)


def run_worker(stop: threading.Event) -> None:
    """Deliver replies, likes and retractions; sort what came in beside it."""
    from harken.domain.triage.tasks import run as run_triage

    threading.Thread(target=run_triage, args=(stop,), name="triage", daemon=True).start()
    from harken.domain.channels.registry import connector_for
    from harken.domain.replies.delivery.loop import run

    name = f"{socket.gethostname()}:{os.getpid()}"
    run(stop, connector_for=connector_for, worker_name=name)
