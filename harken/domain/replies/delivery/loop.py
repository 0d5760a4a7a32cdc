"""One delivery worker and its loop; any number of them may run against one database."""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import InterfaceError, OperationalError, connection

from harken.domain.channels.models import ProcessBeat
from harken.domain.replies.delivery.action import perform
from harken.domain.replies.delivery.call import Caller
from harken.domain.replies.delivery.claim import Claimer
from harken.domain.replies.delivery.crew import Crew, Job
from harken.domain.replies.delivery.lines import ConnectorFor, Line, Lines
from harken.domain.replies.delivery.pace import Pace
from harken.kit import clock

log = logging.getLogger(__name__)
FAREWELL = 1.5  # seconds that calls under way get when the worker stops
FORGOTTEN = timedelta(minutes=10)  # a sign of life older than this belongs to no worker
DATABASE_AWAY = 1.0  # seconds between two looks for a lost database


def run(
    stop: threading.Event,
    *,
    connector_for: ConnectorFor,
    threads: int = 8,
    worker_name: str,
    pace: Pace | None = None,
) -> None:
    """Deliver replies and network actions until `stop` is set; returns within two seconds then.

    `connector_for` makes the connector of a channel. `worker_name` is shown with attempts and
    in the signs of life; two workers may share it.
    """
    worker = Worker(connector_for, threads, worker_name, pace or Pace())
    try:
        while not stop.is_set():
            if not worker.turn():
                stop.wait(worker.pace.poll)
    finally:
        worker.close()


@dataclass(slots=True)
class _Times:
    """The monotonic moments from which something is to be done again."""

    beat: float = 0.0
    rest: float = 0.0


class Worker:
    """One worker: a claimer, a crew, and the open lines."""

    def __init__(self, connector_for: ConnectorFor, threads: int, name: str, pace: Pace) -> None:
        self.pace = pace
        self._beat_name = f"worker:{name}"[:60]
        self._lines = Lines(connector_for, pace.settle)
        self._caller = Caller(self._lines, pace)
        self._claimer = Claimer(f"{name}.{secrets.token_hex(3)}"[:60], pace)
        self._crew = Crew(threads)
        self._times = _Times()
        self._open: list[Line] = []

    def turn(self) -> bool:
        """Claim what is due for the idle threads; False when nothing was."""
        try:
            self._beat()
            self._crew.wait_for_idle(self.pace.poll)
            idle = self._crew.idle
            found = 0
            for job in self._jobs(idle) if idle else ():
                self._crew.give(job)
                found += 1
        except (OperationalError, InterfaceError) as error:
            log.warning("the database is away: %s", error)
            connection.close_if_unusable_or_obsolete()
            self._times.rest = 0.0
            threading.Event().wait(DATABASE_AWAY)
            return False
        return found > 0 or idle == 0

    def close(self) -> None:
        """End the threads and the database connection of the calling thread."""
        self._crew.dismiss(FAREWELL)
        self._say_goodbye()
        connection.close()

    def _jobs(self, idle: int) -> Iterator[Job]:
        """What to do for `idle` threads. Replies go first; the rest gets a look every poll."""
        rest_is_due = clock.monotonic() >= self._times.rest
        if rest_is_due:
            self._open = self._lines.usable()
            self._times.rest = clock.monotonic() + self.pace.poll
            for doubt in self._claimer.doubtful(self._open, idle):
                idle -= 1
                yield partial(self._caller.look, doubt)
        for claim in self._claimer.due(self._open, idle) if idle else ():
            idle -= 1
            yield partial(self._caller.deliver, claim)
        for asked in self._claimer.actions(self._open, idle) if idle and rest_is_due else ():
            yield partial(perform, asked, self._lines, self._caller)

    def _beat(self) -> None:
        moment = clock.monotonic()
        if moment < self._times.beat:
            return
        if not self._times.beat:  # the first one also clears away what killed workers left
            old = clock.now() - FORGOTTEN
            ProcessBeat.objects.filter(name__startswith="worker:", at__lt=old).delete()
        self._times.beat = moment + self.pace.beat
        ProcessBeat.objects.update_or_create(name=self._beat_name, defaults={"at": clock.now()})

    def _say_goodbye(self) -> None:
        with contextlib.suppress(OperationalError, InterfaceError):
            ProcessBeat.objects.filter(name=self._beat_name).delete()
