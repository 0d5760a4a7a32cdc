"""A real HTTP server with pages that change: validators, redirects, refusals, lines that break."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Headers = dict[str, str]


@dataclass
class Answer:
    """What a page is answered with; `stream` writes an endless one piece by piece."""

    body: bytes = b""
    status: int = 200
    headers: Headers = field(default_factory=dict)
    stream: Callable[[], Iterator[bytes]] | None = None


class Site:
    """Pages by path; `answer` may be replaced to answer by program."""

    def __init__(self) -> None:
        self.url = ""
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, Headers]] = []
        self.statuses: list[int] = []
        self.answer: Callable[[str, Headers], Answer] = self._page
        self.ended = threading.Event()

    def put(self, path: str, text: str, kind: str = "application/rss+xml") -> None:
        """A page with validators, as a web server sends a file."""
        body = text.encode()
        etag = f'"{sha256(body).hexdigest()[:12]}"'
        self.pages[path] = Answer(body, headers={"content-type": kind, "etag": etag})

    def _page(self, path: str, headers: Headers) -> Answer:
        page = self.pages.get(path) or Answer(status=404)
        etag = page.headers.get("etag")
        if etag and headers.get("if-none-match") == etag:
            return Answer(status=304, headers={"etag": etag})
        return page


class Server(ThreadingHTTPServer):
    """Answers from the pages of its site."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, made: Site) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.site = made


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        made = self.server.site
        headers = {name.lower(): value for name, value in self.headers.items()}
        made.asked.append((self.path, headers))
        status = made.statuses.pop(0) if made.statuses else 0
        if status < 0:  # the line breaks before an answer
            self.close_connection = True
            return
        self._send(Answer(status=status) if status else made.answer(self.path, headers))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.stream is None:
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
        else:
            self.send_header("connection", "close")
            self.end_headers()
            self.close_connection = True
            self._pour(answer.stream())

    def _pour(self, pieces: Iterator[bytes]) -> None:
        try:
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()
        except OSError:
            return  # the reader went away

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def site() -> Iterator[Site]:
    """The server, on a free port of this machine."""
    made = Site()
    server = Server(made)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.ended.set()
        server.shutdown()
        server.server_close()
