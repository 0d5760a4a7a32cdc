"""A stand-in for a Mastodon server: timelines and streams of a hashtag and of all, and the search.

Made of what docs.joinmastodon.org says in methods/timelines, methods/streaming and methods/search.
"""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers.site import Answer, Headers, Site

TOKEN, APPLICATION = "letmein", "only-an-application"
TIMELINES, STREAMS = "/api/v1/timelines/", "/api/v1/streaming"
STATUSES = "/api/v1/statuses"


class Tagged:
    """Statuses with one hashtag. `strict` wants the token for the timeline as well.

    The application's token opens timelines only. `elsewhere` is the address of the streams when it
    is another one. So many of the next streams are `mutes`: they stand and bring nothing, no sign
    of life either. Without `has_many` the server gives one status at a time, as before 4.3.
    """

    def __init__(self, server: Site, tag: str = "parcelo") -> None:
        self.server = server
        self.tag = tag
        self.strict = False
        self.has_streams = True
        self.has_many = True
        self.mutes = 0
        self.elsewhere = ""
        self.asked: list[dict[str, list[str]]] = []
        self._statuses: list[dict[str, Any]] = []
        self._lines: list[tuple[str, queue.SimpleQueue[bytes]]] = []
        self._last = 0
        server.answer = self._answer

    def write(self, text: str, *, back: float = 0.0, silent: bool = False, **more: Any) -> str:
        """Add a status, written `back` seconds ago; `silent`: no stream tells of it."""
        self._last = max(self._last + 1, time.time_ns() // 1_000_000 << 16)
        # The low bits tell apart statuses of one millisecond, also of one that is written back.
        id_ = self._last - (int(back * 1000) << 16) + len(self._statuses) % 2**16
        uri = f"https://m.example/users/mila/statuses/{id_}"
        status = {
            "id": str(id_),
            "uri": uri,
            "url": f"https://m.example/@mila/{id_}",
            "created_at": "2026-11-22T04:00:00.000Z",
            "visibility": "public",
            "language": "nl",
            "spoiler_text": "",
            "reblog": None,
            "content": f"<p>{text} <a class='mention hashtag'>#<span>{self.tag}</span></a></p>",
            "account": {"id": "1", "acct": "mila", "followers_count": 37},
            "media_attachments": [],
            "card": None,
            **more,
        }
        self._statuses.append(status)
        if not silent:
            self._tell("update", status)
        return uri

    def edit(self, uri: str, text: str) -> None:
        """Its author changed a status."""
        status = next(each for each in self._statuses if each["uri"] == uri)
        status["content"], status["edited_at"] = f"<p>{text}</p>", "2026-11-22T04:01:00.000Z"
        self._tell("status.update", status)

    def delete(self, uri: str, *, silent: bool = False) -> str:
        """Its author took a status back; the server's id of it."""
        status = next(each for each in self._statuses if each["uri"] == uri)
        self._statuses.remove(status)
        if not silent:
            self.tell(f"event: delete\ndata: {status['id']}\n\n")
        return str(status["id"])

    def tell(self, event: str) -> None:
        """Send text to every open stream."""
        for _, line in list(self._lines):
            line.put(event.encode())

    def _tell(self, event: str, status: dict[str, Any]) -> None:
        """Tell of a status in every stream that it belongs to."""
        for which, line in list(self._lines):
            if which != "public/local" or "@" not in status["account"]["acct"]:
                line.put(f"event: {event}\ndata: {json.dumps(status)}\n\n".encode())

    def break_lines(self) -> None:
        """Every stream ends."""
        lines, self._lines = self._lines, []
        for _, line in lines:
            line.put(b"")

    @property
    def streams(self) -> int:
        return len(self._lines)

    def _answer(self, path: str, headers: Headers) -> Answer:
        parts = urlsplit(path)
        asked = parse_qs(parts.query)
        self.asked.append(asked)
        shown = headers.get("authorization", "").removeprefix("Bearer ")
        known = shown == TOKEN
        if parts.path.startswith(STREAMS):
            return self.stream(parts.path.removeprefix(STREAMS).strip("/"), headers)
        if parts.path == "/api/v2/search":
            found = json.dumps({"statuses": self._found(asked)}).encode()
            return Answer(found) if known else Answer(b"{}", status=401)
        if parts.path.startswith(STATUSES):
            return self._statuses_at(parts.path.removeprefix(STATUSES).strip("/"), asked)
        which = unquote(parts.path).removeprefix(TIMELINES)
        if which not in (f"tag/{self.tag}", "public"):
            return Answer(b'{"error": "Record not found"}', status=404)
        if self.strict and shown not in (TOKEN, APPLICATION):
            return Answer(b'{"error": "The access token is invalid"}', status=401)
        return Answer(json.dumps(self._page(asked)).encode())

    def stream(self, which: str, headers: Headers) -> Answer:
        """One of the streams, `which` as its path goes on; also for a host of its own."""
        if self.elsewhere and headers.get("host") != urlsplit(self.elsewhere).netloc:
            there = {"location": f"{self.elsewhere}{STREAMS}"}
            return Answer(status=301, headers=there) if not which else Answer(status=404)
        if which not in ("hashtag", "public", "public/local") or not self.has_streams:
            return Answer(status=404)
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(b'{"error": "Invalid access token"}', status=401)
        kind = {"content-type": "text/event-stream"}
        return Answer(headers=kind, stream=lambda: self._stream(which))

    def _statuses_at(self, id_: str, asked: dict[str, list[str]]) -> Answer:
        """One of the statuses, or as many of those asked for as there are, twenty at most."""
        if id_:
            found = [each for each in self._statuses if each["id"] == id_]
            return Answer(json.dumps(found[0]).encode()) if found else Answer(b"{}", status=404)
        ids = asked.get("id[]", [])
        if not self.has_many or len(ids) > 20:
            return Answer(b"{}", status=422 if self.has_many else 404)
        return Answer(json.dumps([s for s in self._statuses if s["id"] in ids]).encode())

    def _page(self, asked: dict[str, list[str]]) -> list[dict[str, Any]]:
        """Newest first; `min_id` takes the page next to that id, `since_id` the newest one."""
        limit = min(int(asked.get("limit", ["20"])[0]), 40)
        rising = sorted(self._statuses, key=lambda status: int(status["id"]))
        if asked.get("local") == ["true"]:
            rising = [each for each in rising if "@" not in each["account"]["acct"]]
        if "min_id" in asked:
            behind = int(asked["min_id"][0])
            return [s for s in rising if int(s["id"]) > behind][:limit][::-1]
        since = int(asked.get("since_id", ["0"])[0])
        return [s for s in rising if int(s["id"]) > since][-limit:][::-1]

    def _found(self, asked: dict[str, list[str]]) -> list[dict[str, Any]]:
        """What holds the words, newest first, older than `max_id`."""
        words, limit = asked["q"][0], int(asked["limit"][0])
        before = int(asked.get("max_id", [str(1 << 70)])[0])
        falling = sorted(self._statuses, key=lambda status: -int(status["id"]))
        found = [s for s in falling if words in s["content"] and int(s["id"]) < before]
        return found[: min(limit, 40)]

    def _stream(self, which: str) -> Iterator[bytes]:
        line: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._lines.append((which, line))
        if self.mutes:
            self.mutes -= 1
            self.server.ended.wait()
        yield b":)\n"
        while not self.server.ended.is_set():
            try:
                piece = line.get(timeout=0.1)
            except queue.Empty:
                yield b":thump\n"
                continue
            if not piece:
                return
            yield piece
