"""Reading a server's own firehose: every change of every repository it has, in numbered order.

Source: atproto.com/specs/event-stream and /specs/sync, `com.atproto.sync.subscribeRepos`: each
message is a header and a body in DAG-CBOR; `cursor` replays what has a higher `seq`, as far back
as the server keeps it. A commit carries the records it made in a CAR. Servers number their events
without going back, so there is no overlap to read again.

A server's numbers are not known before its first event. Who is told a time instead of a number
asks for everything that is kept and passes over what is older than that time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import libipld

from harken.connectors.jetstream.line import MUTE, connected, waiting
from harken.connectors.jetstream.parse import POSTS, START, heard, microseconds, taken_back
from harken.kit import clock
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import Caught, Cursor, Gone, closed, going_on, number, opened

MOST_BYTES = 6 * 1024 * 1024  # of one message; the protocol allows 5 MB
CLOCKS_APART = 60_000_000  # microseconds by which the server's clock may be behind ours
MESSAGE, REFUSED = 1, -1  # kinds of frames


@dataclass(slots=True)
class Place:
    """The last number read; before there is one, since when (microseconds) we listen."""

    seq: int
    start: int
    is_fresh: bool
    gone: list[Gone] = field(default_factory=list)

    @classmethod
    def opened(cls, cursor: Cursor) -> Place:
        """From a cursor; without one, now."""
        values = opened(cursor)
        seq, start = number(values.get("seq")), number(values.get("start"))
        fresh = not seq and not start
        return cls(seq, start or microseconds(clock.now()), fresh)

    @property
    def asked(self) -> dict[str, int]:
        """What the stream is asked for."""
        return {} if self.is_fresh else {"cursor": self.seq}

    def take(self, raw: str | bytes) -> list[Heard]:
        """Go on by one message; the posts in it. Raises `ConnectorError` for a refusal."""
        name, body = _read(raw)
        seq = number(body.get("seq"))
        if not seq:
            return []
        before = not self.seq and _time(body) < self.start - CLOCKS_APART
        if seq <= self.seq or before:
            return []
        self.seq = seq
        self.gone += _gone(body) if name == "#commit" else []
        return list(_posts(body)) if name == "#commit" else []

    def caught(self, posts: Sequence[Heard] = ()) -> Caught:
        """These, what was taken back since the last time, and the cursor behind them."""
        gone, self.gone = self.gone, []
        return Caught(tuple(posts), self.closed(), gone=tuple(gone))

    def closed(self) -> str:
        """The cursor to store."""
        return closed(seq=self.seq, start=self.start)


class Repos:
    """All public posts of one server or relay at `address`, such as `wss://pds.example.org`."""

    def __init__(self, address: str, *, mute: float = MUTE) -> None:
        self._mute = mute
        self._url = f"{address.rstrip('/')}/xrpc/com.atproto.sync.subscribeRepos"

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """See `Source`."""
        return going_on(self._listen, cursor, stop)

    def _listen(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        place = Place.opened(cursor)
        with connected(f"{self._url}?{urlencode(place.asked)}", MOST_BYTES, self._mute) as line:
            yield place.caught()
            while not stop.is_set():
                yield place.caught([post for raw in waiting(line) for post in place.take(raw)])


def _read(raw: str | bytes) -> tuple[str, Mapping[str, Any]]:
    """A message's name and body; empty ones for what cannot be read."""
    if isinstance(raw, str):
        return "", {}
    try:
        header, body = libipld.decode_dag_cbor_multi(raw)
        kind, name = header.get("op"), header.get("t", "")
    except Exception:  # its reader raises whatever it likes, and one bad frame is no reason to end
        return "", {}
    if not isinstance(body, dict):
        return "", {}
    if kind == REFUSED:
        said = f"{body.get('error')}: {body.get('message', '')}"[:200]
        raise ConnectorError(f"the stream ends: {said}")
    return (name, body) if kind == MESSAGE and isinstance(name, str) else ("", {})


def _posts(body: Mapping[str, Any]) -> Iterator[Heard]:
    made = {
        op["cid"]: rkey for op, rkey in _done(body, "create") if isinstance(op.get("cid"), bytes)
    }
    did, at = body.get("repo"), _time(body)
    if not made or not isinstance(did, str):
        return
    blocks = _blocks(body.get("blocks"))
    for cid, rkey in made.items():
        post = heard(did, rkey, blocks.get(cid), at)
        if post is not None:
            yield post


def _gone(body: Mapping[str, Any]) -> list[Gone]:
    did = body.get("repo")
    if not isinstance(did, str):
        return []
    return [taken_back(did, rkey) for _, rkey in _done(body, "delete")]


def _done(body: Mapping[str, Any], action: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """What a commit did of this kind: the operation, and what its account calls the post."""
    for op in body.get("ops") or ():
        path = op.get("path") if isinstance(op, dict) and op.get("action") == action else None
        if isinstance(path, str) and path.startswith(f"{POSTS}/"):
            yield op, path.removeprefix(f"{POSTS}/")


def _blocks(packed: object) -> Mapping[bytes, Any]:
    """The records of a commit, by their names; empty for what cannot be unpacked."""
    if not isinstance(packed, bytes):
        return {}
    try:
        _, blocks = libipld.decode_car(packed)
    except Exception:  # see `_read`
        return {}
    return blocks if isinstance(blocks, dict) else {}


def _time(body: Mapping[str, Any]) -> int:
    """When the server had it, in microseconds since 1970; now when it does not say."""
    said = body.get("time")
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else clock.now()
    except ValueError:
        at = clock.now()
    return microseconds(at if at.tzinfo else at.replace(tzinfo=START.tzinfo))
