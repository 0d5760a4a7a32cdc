"""Reading every source for as long as the process lives; part of the listen process.

One thread for each source, one reader for each source over all processes: an advisory lock in the
thread's own connection, through which everything read is stored as well, so that who loses the
lock cannot store any more. What people change is seen within a second: the lock is that of one
change (`number`), so a reader that hangs in its network holds up nobody.

A source says something in every time its kind names, be it that there is nothing. One that does not
hangs: in its network, in a library, in us. A thread cannot be killed, so its connection is ended,
which frees the lock and lets it store no more, and another opens the source from its cursor.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple

from django.db import Error, InterfaceError, OperationalError, connection

from harken.domain.channels.sources import source_kinds
from harken.domain.listening.models_sources import ListeningSource, SourceSecret
from harken.domain.listening.queries_sources import BEATS, STREAM_BEATS
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.matched import begin_way
from harken.domain.listening.services.rereading import changed, recent_mentions
from harken.domain.listening.services.source_reading import (
    Changed,
    note_trouble,
    stop_for_good,
)
from harken.domain.listening.signs import Sign
from harken.domain.listening.stored import Post
from harken.domain.listening.ways import ByStream, Here, Way
from harken.kit import clock
from harken.kit.asking import no_sign
from harken.kit.connector import ConnectorError
from harken.kit.source import Caught, Rereads, Source
from harken.kit.stream import Stream

log = logging.getLogger(__name__)

LOOK = 0.4  # seconds between two looks at the list of sources
TAKE_OVER = 1.0  # seconds between two tries to get a source from another process
BROKEN = 30.0  # seconds until a source whose code broke is opened again
STUCK = 60.0  # seconds of silence, beyond what its kind names, after which a reader is given up
REREAD = 300.0  # seconds between two looks at what was heard lately
STILL = 2.0  # seconds in which a source that has nothing to say is not written down again
LEAVE = 1.0  # seconds the threads get to end
LOST_DATABASE = (OperationalError, InterfaceError)
TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0)), pg_backend_pid()"
OpenStream = Callable[[], Stream]


class Task(NamedTuple):
    """A source as it stands since somebody's change `number`."""

    source: int
    number: int


def run(stop: threading.Event, open_stream: OpenStream | None = None) -> None:
    """Read every source that is on until `stop` is set; closes the thread's connection.

    With `open_stream` each post is put into that stream for the matchers; without, it meets the
    monitors here.
    """
    sourcing = Sourcing(open_stream)
    try:
        while not stop.is_set():
            try:
                sourcing.look()
            except Error as error:
                # The readers hold their own connections and notice by themselves.
                log.warning("the database does not answer: %s", error)
                connection.close()
            stop.wait(LOOK)
    finally:
        sourcing.leave()
        connection.close()


class SharedEar(Ear):
    """One ear for all threads: the monitors are held in memory once."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def refresh(self) -> bool:
        """See `Ear`."""
        with self._lock:
            return super().refresh()

    def hear(self, posts: Sequence[Post]) -> int:  # type: ignore[override]
        """See `Ear`."""
        with self._lock:
            return super().hear(posts)


class Sourcing:
    """The readers of this process."""

    def __init__(self, open_stream: OpenStream | None = None) -> None:
        self._open_stream = open_stream
        self._ear = SharedEar()
        self._readers: dict[Task, Reader] = {}
        self._sign = Sign(STREAM_BEATS if open_stream else BEATS)
        self._has_begun = False

    def look(self) -> None:
        """Start what is wanted, end what is not."""
        if not self._has_begun:
            begin_way(by_stream=self._open_stream is not None)
            self._has_begun = True
        if self._sign.is_due:
            self._sign.give()
        on = ListeningSource.objects.filter(is_on=True, retired_at=None, stopped_at=None)
        wanted = {Task(*row) for row in on.values_list("pk", "number")}
        for task in [task for task, reader in self._readers.items() if reader.is_stuck]:
            self._readers.pop(task).give_up()
        for task in set(self._readers) - wanted:
            self._readers.pop(task).stop.set()
        for task in wanted - set(self._readers):
            self._readers[task] = Reader(task, self._way)
            self._readers[task].start()

    def leave(self) -> None:
        """End all of them."""
        for reader in self._readers.values():
            reader.stop.set()
        end = clock.monotonic() + LEAVE
        for reader in self._readers.values():
            reader.join(max(0.0, end - clock.monotonic()))
        self._sign.take_away()

    def _way(self) -> Way:
        """The way of one reader; each has a line of its own to the engine."""
        return ByStream(self._open_stream()) if self._open_stream else Here(self._ear)


class Reader(threading.Thread):
    """Reads one source until `stop` is set or somebody changes it."""

    def __init__(self, task: Task, open_way: Callable[[], Way]) -> None:
        super().__init__(name=f"source-{task.source}", daemon=True)
        self.stop = threading.Event()
        self._task = task
        self._open_way = open_way
        self._written = 0.0
        self._troubled = False
        self._reread_at = 0.0
        self._backend: int | None = None
        self._patience = 0.0
        self._waits_until: float | None = None  # for the source; None: it is not waited for

    @property
    def is_stuck(self) -> bool:
        """Whether the source has been silent for so long that it will not speak again."""
        waits_until = self._waits_until  # the reader's thread may end the waiting just now
        return waits_until is not None and clock.monotonic() > waits_until

    def give_up(self) -> None:
        """Let nothing more be stored by this reader, and say why."""
        log.error("source %s: its reader is stuck; it is opened anew", self._task.source)
        self.stop.set()
        if self._backend is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [self._backend])
        with suppress(Changed):
            note_trouble(*self._task, no_sign(self._patience))

    def run(self) -> None:
        """Read, and start again after what can pass."""
        try:
            while not self.stop.is_set():
                self.stop.wait(self._attempt())
                connection.close()
        finally:
            connection.close()

    def _attempt(self) -> float:
        """Read for as long as it goes well; the seconds to wait before the next attempt."""
        try:
            with alone(self._task, self.stop) as backend:
                if backend:
                    self._backend = backend
                    self._read()
        except Changed:
            self.stop.set()
        except LOST_DATABASE as error:
            log.warning("source %s: the database does not answer: %s", self._task.source, error)
        except Exception as error:
            log.exception("source %s: reading broke", self._task.source)
            self._say(f"{type(error).__name__}: {error}")
            return BROKEN
        return TAKE_OVER

    def _read(self) -> None:
        row = ListeningSource.objects.get(pk=self._task.source)
        self._troubled = True  # whatever the row says, the first good word is written down
        kind = source_kinds().get(row.kind)
        self._patience = STUCK + (kind.beat if kind else 0.0)
        try:
            source = _opened(row)
            with closing(self._open_way()) as way:
                for caught in self._awaited(source.open(row.cursor or None, self.stop)):
                    self._take(caught, way)
                    if isinstance(source, Rereads):
                        self._look_again(source, caught, way)
        except ConnectorError as error:
            if not error.permanent:
                raise
            stop_for_good(*self._task, str(error))
            self.stop.set()

    def _awaited(self, stream: Iterator[Caught]) -> Iterator[Caught]:
        """What comes until we have to stop. Only the time the source takes is its silence."""
        rests = 0.0
        try:
            while not self.stop.is_set():
                self._waits_until = clock.monotonic() + rests + self._patience
                caught = next(stream, None)
                self._waits_until = None
                if caught is None or self.stop.is_set():
                    return
                rests = caught.rests
                yield caught
        finally:
            self._waits_until = None

    def _take(self, caught: Caught, way: Way) -> None:
        now = clock.monotonic()
        says_nothing = not (caught.posts or caught.gone)
        says_nothing = says_nothing and bool(caught.trouble) == self._troubled
        # A cursor that is not stored costs nothing: it is behind no post that was not stored.
        if says_nothing and now - self._written < STILL:
            return
        way.take(*self._task, caught, self.stop)
        self._written, self._troubled = now, bool(caught.trouble)

    def _look_again(self, source: Rereads, caught: Caught, way: Way) -> None:
        """After each break and now and then: what changed unheard of what was heard lately."""
        if caught.trouble:
            self._reread_at = 0.0
            return
        if self._reread_at and clock.monotonic() - self._reread_at < REREAD:
            return
        self._reread_at = clock.monotonic()
        known = recent_mentions(self._task.source)
        if not known:
            return
        try:
            posts, gone = source.reread(list(known))
        except ConnectorError as error:
            log.info("source %s: not looked at again: %s", self._task.source, error)
            return
        again = Caught(tuple(changed(posts, known)), caught.cursor, gone=tuple(gone))
        if again.posts or again.gone:
            self._take(again, way)

    def _say(self, trouble: str) -> None:
        try:
            note_trouble(*self._task, trouble)
        except Changed:
            self.stop.set()
        except Error as error:
            log.warning("source %s: its trouble is not stored: %s", self._task.source, error)


def _opened(row: ListeningSource) -> Source:
    kind = source_kinds().get(row.kind)
    if kind is None:
        raise ConnectorError(f"this Harken has no sources of the kind {row.kind}", permanent=True)
    stored = SourceSecret.objects.filter(source=row).first()
    try:
        return kind.make(row.settings, stored.secret if stored else "")
    except (KeyError, ValueError) as error:  # settings of an older Harken
        raise ConnectorError(f"its settings cannot be read: {error}", permanent=True) from error


@contextmanager
def alone(task: Task, stop: threading.Event) -> Iterator[int]:
    """Hold the source against all other threads and processes; 0 when it has to end first.

    Else the id of this thread's connection at the database.
    """
    backend = 0
    while not stop.is_set() and not backend:
        with connection.cursor() as cursor:
            cursor.execute(TRY_LOCK, [f"harken source {task.source} {task.number}"])
            row = cursor.fetchone()
        backend = row[1] if row and row[0] else 0
        if not backend:
            stop.wait(TAKE_OVER)
    try:
        yield backend
    finally:
        connection.close()  # frees the lock, also when the connection is beyond asking
