"""One thread for each channel, one listener for each channel over all processes.

What a thread does is given by the caller: this room knows how channels are shared out and kept
alive, the room above knows what to do with what they say.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import Error, InterfaceError, OperationalError, connection

from harken.domain.channels.models import Channel, ChannelState, ProcessBeat
from harken.kit import clock

log = logging.getLogger(__name__)

LOCK = 0x4861726B  # the class of our advisory locks: "Hark"
LOOK = 1.0  # seconds between two looks at the list of channels
BEAT = 5.0  # seconds between two signs of life of the process
TAKE_OVER = 1.0  # seconds between two tries to get a channel from another process
STUCK = 30.0  # seconds of silence, beyond three polls, after which a thread is given up
LEAVE = 1.5  # seconds the threads get to end; the process promises 2
OLD_BEAT = timedelta(days=1)
LOST_DATABASE = (OperationalError, InterfaceError)

Work = Callable[[int, "Pulse"], None]


class Pulse:
    """How a channel's thread shows that it lives and learns that it must end.

    `interval` is the thread's own word how often it means to beat, in seconds.
    """

    def __init__(self) -> None:
        self.interval = 1.0
        self.backend: int | None = None
        self._stop = threading.Event()
        self._last = clock.monotonic()

    @property
    def stopping(self) -> bool:
        """Whether the thread has to end."""
        return self._stop.is_set()

    @property
    def is_stuck(self) -> bool:
        """Whether the thread has been silent for so long that it will not come back."""
        return clock.monotonic() - self._last > 3 * self.interval + STUCK

    def beat(self) -> None:
        """Say: alive."""
        self._last = clock.monotonic()

    def stop(self) -> None:
        """Ask the thread to end."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Sleep, alive; wakes at once when the thread has to end."""
        end = clock.monotonic() + seconds
        self.beat()
        while (left := end - clock.monotonic()) > 0 and not self._stop.wait(min(left, 1.0)):
            self.beat()


class Listeners:
    """Runs `work(channel_id, pulse)` in a thread for every channel that is not paused.

    `work` returns when `pulse.stopping`; when it raises, it is started again.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._name = f"listen:{socket.gethostname()}:{os.getpid()}"[:60]
        self._pulses: dict[int, Pulse] = {}
        self._threads: list[threading.Thread] = []
        self._beaten = 0.0

    def run(self, stop: threading.Event) -> None:
        """Look after the threads until `stop` is set; returns at most 2 s after that."""
        while not stop.is_set():
            try:
                self._look()
            except Error as error:
                # The threads hold their own connections and notice by themselves.
                log.warning("the database does not answer: %s", error)
                connection.close()
            stop.wait(LOOK)
        self._leave()

    def _look(self) -> None:
        self._say_alive()
        wanted = set(
            Channel.objects.exclude(state=ChannelState.PAUSED).values_list("pk", flat=True)
        )
        for channel_id in set(self._pulses) - wanted:
            self._pulses.pop(channel_id).stop()
        for channel_id in wanted:
            pulse = self._pulses.get(channel_id)
            if pulse is not None and pulse.is_stuck:
                self._give_up(channel_id, pulse)
                pulse = None
            if pulse is None:
                self._start(channel_id)
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def _start(self, channel_id: int) -> None:
        pulse = self._pulses[channel_id] = Pulse()
        thread = threading.Thread(
            target=self._live, args=(channel_id, pulse), name=f"channel-{channel_id}", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _give_up(self, channel_id: int, pulse: Pulse) -> None:
        log.error("channel %s: its listener is stuck; starting another", channel_id)
        pulse.stop()
        if pulse.backend is not None:
            # A thread cannot be killed. Ending its connection frees the channel's lock and
            # makes sure that it stores nothing should it wake up.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pulse.backend])

    def _live(self, channel_id: int, pulse: Pulse) -> None:
        try:
            while not pulse.stopping:
                try:
                    with alone(channel_id, pulse) as ours:
                        if ours:
                            self._work(channel_id, pulse)
                except LOST_DATABASE as error:
                    log.warning("channel %s: the database does not answer: %s", channel_id, error)
                except Exception:
                    log.exception("channel %s: its listener broke; it starts again", channel_id)
                connection.close()
                pulse.wait(TAKE_OVER)
        finally:
            connection.close()

    def _say_alive(self) -> None:
        now = clock.monotonic()
        if self._beaten and now - self._beaten < BEAT:
            return
        if not self._beaten:
            old = clock.now() - OLD_BEAT
            ProcessBeat.objects.filter(name__startswith="listen:", at__lt=old).delete()
        ProcessBeat.objects.update_or_create(name=self._name, defaults={"at": clock.now()})
        self._beaten = now

    def _leave(self) -> None:
        for pulse in self._pulses.values():
            pulse.stop()
        end = clock.monotonic() + LEAVE
        for thread in self._threads:
            thread.join(max(0.0, end - clock.monotonic()))
        try:
            ProcessBeat.objects.filter(name=self._name).delete()
        except Error:
            log.warning("the database does not answer; the last sign of life stays")
        connection.close()


@contextmanager
def alone(channel_id: int, pulse: Pulse) -> Iterator[bool]:
    """Hold the channel against all other threads and processes; False when it has to end first.

    The lock lives as long as this thread's database connection, through which everything read
    is stored as well: who loses the lock cannot store any more.
    """
    ours = False
    while not pulse.stopping and not ours:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_lock(%s, %s), pg_backend_pid()", [LOCK, channel_id]
            )
            row = cursor.fetchone()
        ours = bool(row and row[0])
        pulse.backend = row[1] if row and ours else None
        if not ours:
            pulse.wait(TAKE_OVER)
    try:
        yield ours
    finally:
        pulse.backend = None
        connection.close()  # frees the lock, also when the connection is beyond asking
