"""A stand-in for Jetstream: its documented messages, replay from a cursor, and lines that break.

It is no Jetstream: nothing here comes from a repository. Shapes and parameters are those of the
project's documentation; what it proves is our side of the protocol.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

POSTS = "app.bsky.feed.post"


class StandIn:
    """The events so far; everyone connected gets each as it is added.

    `skew`: microseconds by which this instance stamps events later than it should.
    """

    def __init__(self, skew: int = 0) -> None:
        self._skew = skew
        self.address = ""
        self.asked: list[dict[str, list[str]]] = []
        self._events: list[dict[str, Any]] = []
        self._more = threading.Condition()
        self._lines: set[ServerConnection] = set()
        self._ended = False

    def commit(self, text: str, rkey: str, *, operation: str = "create", **more: Any) -> str:
        """Add a post; returns its URI. `more`: collection, did, fields of its record."""
        did = more.pop("did", "did:plc:mila")
        collection = more.pop("collection", POSTS)
        commit = {"rev": "3l3qo2vutsw2b", "operation": operation, "collection": collection}
        commit |= {"rkey": rkey}
        if operation != "delete":
            said = {"$type": collection, "text": text, "createdAt": "2026-11-22T04:00:00.000Z"}
            commit |= {"record": said | more, "cid": "bafyreidwaivazkwu67xztlmuobx35hs2"}
        self.add({"did": did, "kind": "commit", "commit": commit})
        return f"at://{did}/{collection}/{rkey}"

    def add(self, event: dict[str, Any]) -> None:
        """Add any event; it gets the next microsecond."""
        with self._more:
            last = self._events[-1]["time_us"] if self._events else 0
            self._events.append(
                {**event, "time_us": max(last + 1, time.time_ns() // 1000 + self._skew)}
            )
            self._more.notify_all()

    def wait_for_line(self) -> None:
        """Until somebody is connected."""
        with self._more:
            assert self._more.wait_for(lambda: bool(self._lines), 30)

    def break_lines(self) -> None:
        """Every connection ends in the middle, without a goodbye."""
        with self._more:
            lines, self._lines = self._lines, set()
        for line in lines:
            with suppress(OSError):  # it had ended by itself
                line.socket.shutdown(2)

    def answer(self, line: ServerConnection) -> None:
        """One client, until it goes."""
        asked = parse_qs(urlsplit(line.request.path if line.request else "").query)
        self.asked.append(asked)
        with self._more:
            self._lines.add(line)
            self._more.notify_all()
            since = int(asked["cursor"][0]) if "cursor" in asked else None
            index = len(self._events) if since is None else self._first(since)
        try:
            while not self._ended:
                with self._more:
                    if len(self._events) <= index:
                        self._more.wait(0.2)
                    batch = self._events[index:]
                for event in batch:
                    line.send(json.dumps(event))
                index += len(batch)
                if not batch:
                    line.ping()  # so that a line that was broken is noticed
        except (ConnectionClosed, OSError):
            return

    def _first(self, since: int) -> int:
        later = (i for i, event in enumerate(self._events) if event["time_us"] >= since)
        return next(later, len(self._events))

    def end(self) -> None:
        with self._more:
            self._ended = True
            self._more.notify_all()


@contextmanager
def jetstream(skew: int = 0) -> Iterator[StandIn]:
    """A running stand-in on a free port of this machine."""
    made = StandIn(skew)
    with serve(made.answer, "127.0.0.1", 0) as server:
        made.address = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield made
        made.end()
        server.shutdown()
        thread.join(5)
