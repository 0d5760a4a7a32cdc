"""The threads that make the network calls, each with its own database connection."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from django.db import connection

from harken.domain.replies.delivery.outcome import Fenced

log = logging.getLogger(__name__)
Job = Callable[[], None]


class Crew:
    """`size` threads. Jobs are only given to idle ones, so no claim ages in a queue."""

    def __init__(self, size: int) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._idle = size
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"delivery-{n}", daemon=True)
            for n in range(size)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def idle(self) -> int:
        """How many threads wait for a job."""
        with self._changed:
            return self._idle

    def give(self, job: Job) -> None:
        """Hand a job to an idle thread."""
        with self._changed:
            self._idle -= 1
        self._jobs.put(job)

    def wait_for_idle(self, seconds: float) -> None:
        """Return when a thread is idle, at the latest after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle > 0, timeout=seconds)

    def dismiss(self, seconds: float) -> None:
        """Send the threads home; one in the middle of a call is left behind after `seconds`.

        Its reply is then looked for by whoever comes next, as after a crash.
        """
        for _ in self._threads:
            self._jobs.put(None)
        with self._changed:
            self._changed.wait_for(lambda: self._idle == len(self._threads), timeout=seconds)

    def _work(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                self._do(job)
        finally:
            connection.close()

    def _do(self, job: Job) -> None:
        try:
            job()
        except Fenced:
            log.info("a claim had run out; somebody else has taken over")
        except Exception:
            log.exception("a claim could not be settled; it will be looked for")
            connection.close_if_unusable_or_obsolete()
        finally:
            with self._changed:
                self._idle += 1
                self._changed.notify_all()
