"""The port of what Harken only listens to: plain posts in, with a cursor that says how far.

A source has no account and answers nobody; what can be answered is a connector's. Like connectors
it is synchronous and knows no Django, no database and no other network.

Nothing is missed and nothing comes twice when the caller stores a cursor together with the posts
it came with, in one transaction, and opens again from the last one stored. To that end each source
reads an overlap again (networks list late what was written early) and its cursor remembers what
the overlap holds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 120.0  # seconds before a source tries again after a failure
MOST_REMEMBERED = 50_000  # posts; a long outage is walked back in many steps
MOST_TEXT = 50_000  # characters of one post; a blog's article may be longer than any answer

Cursor = str | None


class Gone(NamedTuple):
    """A post that was taken back: its `uri`, or the `ref` it was heard with where that is all told.

    `network` belongs to the `uri`; a `ref` means something to its own source alone.
    """

    network: str
    uri: str = ""
    ref: str = ""


class Caught(NamedTuple):
    """What a source has next; may hold no posts at all.

    `cursor` resumes behind these posts. `trouble` says why the network cannot be read now, empty
    when it can; the source goes on trying by itself, after it `rests` for so many seconds. `gone`
    is what was taken back, behind the posts.
    """

    posts: tuple[Heard, ...]
    cursor: str
    trouble: str = ""
    rests: float = 0.0
    gone: tuple[Gone, ...] = ()


@runtime_checkable
class Source(Protocol):
    """One stream of public posts."""

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """Everything after `cursor`, and what comes from now on, until `stop` is set.

        `None` starts at what is there now. Outages are sat out, with `trouble` told at each try.
        Raises `ConnectorError` with `permanent` when trying again cannot help: an address that may
        not be reached, a token that was refused.
        """
        ...


@runtime_checkable
class Rereads(Protocol):
    """A source whose network shows single posts again, so that what changed unheard is found."""

    def reread(self, refs: Sequence[str]) -> tuple[list[Heard], list[Gone]]:
        """The posts of these `refs` (each `Heard.ref`) as they are now, and those taken back.

        What cannot be told is in neither list. Raises `ConnectorError`.
        """
        ...


Turn = Callable[[Cursor, threading.Event], Iterator[Caught]]


def going_on(
    turn: Turn, cursor: Cursor, stop: threading.Event, pause: float = 0.0
) -> Iterator[Caught]:
    """Take `turn` after `turn`, each from the last cursor, `pause` seconds apart.

    After a failure the pause grows from half a second to two minutes, or is what the network asks
    for when that is longer.
    """
    failures = 0
    while not stop.is_set():
        wait = pause
        try:
            for caught in turn(cursor, stop):
                failures, cursor = 0, caught.cursor
                yield caught
                if stop.is_set():
                    return
        except ConnectorError as error:
            if error.permanent:
                raise
            failures += 1
            wait = max(_backoff(failures), error.retry_after or 0.0)
            yield Caught((), cursor or "", trouble=str(error), rests=wait)
        stop.wait(wait)


def _backoff(failures: int) -> float:
    """Seconds before the next try; spread, so that many listeners do not come back at once."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 16))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, hides nothing


class Met:
    """The posts of an overlap, by short hashes of their URIs, each with its place in the stream.

    A place is a number that grows along the stream: a time, usually.
    """

    def __init__(self, saved: object = "", place: int = 0) -> None:
        codes = saved.split() if isinstance(saved, str) else []
        self._places = dict.fromkeys(codes[-MOST_REMEMBERED:], place)

    def is_new(self, uri: str, place: int) -> bool:
        """Whether `uri` was not met before; from now on it is."""
        code = short(uri)
        known = code in self._places
        self._places.setdefault(code, place)
        return not known

    def forget(self, before: int) -> None:
        """Let go of what lies so far back that it is not read again."""
        kept = [(code, place) for code, place in self._places.items() if place >= before]
        self._places = dict(kept[-MOST_REMEMBERED:])

    def saved(self) -> str:
        """As a text for the cursor; what comes back from it counts as met at the place given."""
        return " ".join(self._places)


def opened(cursor: Cursor) -> dict[str, Any]:
    """The values in a cursor we gave out; empty for anything else, which only reads too much."""
    try:
        values = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def closed(**values: object) -> str:
    """A cursor that holds `values`, without the empty ones."""
    return json.dumps({name: value for name, value in values.items() if value})


def number(value: object) -> int:
    """A whole number out of a cursor or an answer; 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def short(uri: str) -> str:
    """Eight characters that stand for a URI; 48 bits keep chance collisions out of reach."""
    data = uri.encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(hashlib.blake2s(data, digest_size=6).digest()).decode()
