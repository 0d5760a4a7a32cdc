"""The port to a stream engine: posts are put down there, and one of many takes each of them.

One machine needs none. With one, the posts of all sources wait in the engine, on disk, and any
number of matchers on any number of machines take them. What an engine must promise:

- `put` returns when everything is safe; a post put twice may come twice.
- What was taken comes to somebody again, unless `done` or `discard` was said of it in time.

Nothing more: that a post counts once is the database's promise, not the engine's.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import msgspec

from harken.kit.heard import Heard
from harken.kit.source import Cursor, Source

log = logging.getLogger(__name__)
AWAY = 1.0  # seconds until an engine that is away is tried again
CURSOR_EVERY = 1.0  # seconds between two keepings of a cursor; a crash reads as much again

#: A post as it lies in the stream; `harken.kit.heard.decode` reads it.
encode = msgspec.json.Encoder().encode


class StreamAway(Exception):
    """The engine cannot be reached or refuses now; what was asked may or may not have happened."""


class Taken(NamedTuple):
    """A post as it came off the stream, not decoded yet; `receipt` is the engine's own."""

    raw: bytes
    receipt: Any


class Backlog(NamedTuple):
    """How many posts nobody has taken yet, and how many are taken and not dealt with."""

    waiting: int
    in_hand: int


class Stream(Protocol):
    """A stream of posts at an engine. Every call may raise `StreamAway`; call from one thread."""

    def put(self, posts: Sequence[Heard]) -> None:
        """Add posts; returns when the engine has all of them on disk. After an error: all again."""
        ...

    def take(self, most: int, patience: float) -> Sequence[Taken]:
        """What is there, at most `most`; waits up to `patience` seconds when there is nothing."""
        ...

    def done(self, taken: Sequence[Taken]) -> None:
        """These are dealt with: what they led to is committed. They come no more."""
        ...

    def again(self, taken: Sequence[Taken]) -> None:
        """These could not be dealt with now; they come again soon, to anybody."""
        ...

    def discard(self, taken: Taken) -> None:
        """Nobody can ever deal with this one. It comes no more."""
        ...

    def cursor(self, source: str) -> Cursor:
        """The cursor kept for a source of this name; None when there is none."""
        ...

    def keep_cursor(self, source: str, cursor: str) -> None:
        """Keep how far a source was read."""
        ...

    def backlog(self) -> Backlog:
        """How much is left to do."""
        ...

    def dealt_until(self) -> datetime:
        """Up to when everything that was put is dealt with, so far as can be told."""
        ...

    def close(self) -> None:
        """Give back what was taken and not dealt with, and leave."""
        ...


def name_of(post: Heard) -> str:
    """The same for the same words of the same post: an engine may leave out what it just got.

    A digest, because addresses are written by strangers and this goes into a header. An edited
    post has another name: a monitor that passed over the first words may hear the new ones.
    """
    told = "\0".join((post.network, post.uri, post.text)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def put_safely(
    stream: Stream,
    posts: Sequence[Heard],
    stop: threading.Event,
    say: Callable[[str], None] = lambda _: None,
) -> bool:
    """Put posts, however long the engine is away; False when `stop` came first.

    Only after True may the cursor behind these posts be stored. `say` is told at each try in vain
    why the posts wait; what it raises ends the trying.
    """
    complained = False
    while posts:
        try:
            stream.put(posts)
        except StreamAway as error:
            if not complained:
                log.warning("posts wait for the stream: %s", error)
            complained = True
            say(str(error))
            if stop.wait(AWAY):
                return False
        else:
            break
    if complained:
        log.warning("the stream takes posts again")
    return True


def pour(source: Source, name: str, stream: Stream, stop: threading.Event) -> int:
    """Put every post of a source into the stream until `stop`; how many that were.

    Goes on where whoever last poured from a source of this name kept its cursor. Two that pour from
    the same source do no harm.
    """
    poured, kept_at, unkept = 0, -CURSOR_EVERY, ""
    for caught in source.open(stream.cursor(name), stop):
        if caught.trouble:
            log.warning("%s: %s", name, caught.trouble)
        if not put_safely(stream, caught.posts, stop):
            break
        poured, unkept = poured + len(caught.posts), caught.cursor
        if time.monotonic() - kept_at >= CURSOR_EVERY:
            _keep(stream, name, unkept)
            kept_at, unkept = time.monotonic(), ""
    if unkept:
        _keep(stream, name, unkept)
    return poured


def _keep(stream: Stream, name: str, cursor: str) -> None:
    """An older cursor only reads more again, so one that cannot be kept now does no harm."""
    try:
        stream.keep_cursor(name, cursor)
    except StreamAway as error:
        log.warning("the cursor of %s could not be kept: %s", name, error)
