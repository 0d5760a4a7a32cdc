"""The loop of a matcher: one of any number that take posts off a stream; a process of its own.

A post is done at the engine only after what was heard of it is committed. A matcher that dies in
between leaves its posts to another one, which stores nothing twice: `heard_once` counts a post once
for each monitor. So each post has its effect exactly once, however often the engine brings it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import msgspec
from django.db import DataError, InterfaceError, OperationalError, connection, transaction

from harken.domain.listening.queries_sources import MATCHER_BEATS
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.matched import note_matched
from harken.domain.listening.services.source_reading import count_hits
from harken.domain.listening.signs import Sign
from harken.domain.listening.stored import Post
from harken.kit.heard import Heard, decode
from harken.kit.stream import Stream, StreamAway, Taken

log = logging.getLogger(__name__)
BATCH = 200  # posts in one transaction
PATIENCE = 0.5  # seconds a quiet stream is waited at; monitors are as new as that or newer
AWAY = 1.0  # seconds until a lost database or stream is tried again
DATABASE_AWAY = (OperationalError, InterfaceError)  # deadlocks too: the batch comes again
ITS_OWN_FAULT = (DataError, ValueError)  # of a post that nobody can store, now or later


def run(stream: Stream, stop: threading.Event) -> None:
    """Match what comes until `stop` is set; closes the database connection of this thread."""
    matching = Matching(stream)
    log.info("matching posts of the stream")
    is_waiting, sign = False, Sign(MATCHER_BEATS)
    try:
        while not stop.is_set():
            try:
                matching.turn()
                if sign.is_due:
                    note_matched(stream.dealt_until())
                    sign.give()
                is_waiting = False
            except (StreamAway, *DATABASE_AWAY) as error:
                if not is_waiting:
                    log.warning("matching waits: %s", error)
                is_waiting = True
                connection.close_if_unusable_or_obsolete()
                stop.wait(AWAY)
            except Exception:  # not a post's fault; it was given back, and others may be luckier
                log.exception("a batch could not be matched")
                stop.wait(AWAY)
    finally:
        log.info("%s", matching)
        sign.take_away()
        connection.close()


class Matching:
    """The monitors of this process beside the stream, and what was done so far."""

    def __init__(self, stream: Stream, ear: Ear | None = None) -> None:
        self._stream = stream
        self._ear = ear or Ear()
        self.posts = self.hits = self.discarded = 0

    def __str__(self) -> str:
        return f"posts matched: {self.posts:,}; hits: {self.hits:,}; discarded: {self.discarded:,}"

    def turn(self) -> int:
        """Take what is there and deal with it; how many posts that were.

        Raises `StreamAway` or what the database says, after giving the posts back.
        """
        taken = self._stream.take(BATCH, PATIENCE)
        try:
            self._ear.refresh()
        except Exception:
            self._stream.again(taken)
            raise
        read = self._read(taken)
        if read:
            self._deal_with(read)
        return len(taken)

    def _read(self, taken: Sequence[Taken]) -> list[tuple[Taken, Heard]]:
        """The posts that can be read, in the order that all matchers store them in.

        (The same order everywhere, so that two with the same posts wait for each other, no more.)
        """
        read = []
        for each in taken:
            try:
                post = decode(each.raw)
                if post.sent_at.tzinfo is None:
                    raise ValueError("its time says no zone")
            except (msgspec.MsgspecError, ValueError) as error:
                self._discard(each, error)
            else:
                read.append((each, post))
        return sorted(read, key=lambda pair: (pair[1].network, pair[1].uri))

    def _deal_with(self, read: list[tuple[Taken, Heard]]) -> None:
        taken = [each for each, _ in read]
        try:
            heard = self._hear([post for _, post in read])
        except ITS_OWN_FAULT as error:
            if len(read) == 1:
                self._discard(taken[0], error)
                return
            for pair in read:  # one of them; alone it shows itself and harms no other
                self._deal_with([pair])
        except Exception:
            self._stream.again(taken)
            raise
        else:
            self.posts, self.hits = self.posts + len(read), self.hits + heard
            self._stream.done(taken)

    def _hear(self, posts: Sequence[Heard]) -> int:
        """Store what is heard of these; how many new hits that was, counted with their sources."""
        of_source: dict[int, list[Post]] = {}
        for post in posts:
            of_source.setdefault(post.source, []).append(Post(post))
        hits = 0
        with transaction.atomic():
            for source in sorted(of_source):
                found = self._ear.hear(of_source[source])
                if found and source:
                    count_hits(source, found)
                hits += found
        return hits

    def _discard(self, taken: Taken, error: Exception) -> None:
        self.discarded += 1
        log.error(
            "discarded a post of %d bytes that cannot be read or stored (%d so far): %s: %s",
            len(taken.raw),
            self.discarded,
            type(error).__name__,
            error,
        )
        self._stream.discard(taken)
