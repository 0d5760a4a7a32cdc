"""The loopback network on HTTP: `python -m harken.connectors.loopback.server --port 0 --data FILE`.

Listens on 127.0.0.1 only. Refuses requests that a web page elsewhere could make a browser send:
a foreign Host, or a body that is not JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import socket
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from harken.connectors.loopback.api import Answer, Api, Request
from harken.connectors.loopback.network import LoopbackNetwork, NotThere
from harken.connectors.loopback.page import posts_page

HOST = "127.0.0.1"
BODY_LIMIT = 8_000_000  # bytes


class Server:
    """Serves one network; can be stopped and started again on the same port.

    `port` 0 takes a free one. A stopped server refuses connections, as a network that is down.
    """

    def __init__(self, network: LoopbackNetwork, port: int = 0) -> None:
        self._network = network
        self._port = port
        self._http: _Http | None = None
        self._thread: threading.Thread | None = None
        network.server = self

    @property
    def url(self) -> str:
        """Base URL, stable over stops and starts."""
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._http = _Http((HOST, self._port), self._network)
        self._port = self._http.server_address[1]
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Refuse connections from now on and cut the open ones."""
        if self._http is None or self._thread is None:
            return
        self._http.shutdown()
        self._http.server_close()
        self._http.cut_connections()
        self._thread.join(timeout=5)
        self._http = None


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], network: LoopbackNetwork) -> None:
        self.network = network
        self.api = Api(network)
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that went away is everyday; anything else is a defect worth its traceback.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet per answer
    server: _Http

    def _serve(self) -> None:
        body = self._body()
        parts = urlsplit(self.path)
        path = tuple(unquote(part) for part in parts.path.strip("/").split("/"))
        if self.server.network.faults.switches.outage and path[0] != "admin":
            self.close_connection = True
        elif body is None or not self._trusted(body):
            self._send(403, b'{"error":"only JSON from this machine"}')
        elif self.command == "GET" and path[0].startswith("@"):
            self._send_page(path[0][1:], path[1:])
        else:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            request = Request(self.command, path, parse_qs(parts.query), token, body)
            self._give(self.server.api.answer(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server's names

    def _body(self) -> bytes | None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_LIMIT:
            self.close_connection = True
            return None
        return self.rfile.read(length) if length else b""

    def _trusted(self, body: bytes) -> bool:
        host = self.headers.get("Host", "").rpartition(":")[0]
        kind = self.headers.get("Content-Type", "")
        return host in {HOST, "localhost"} and (not body or kind.startswith("application/json"))

    def _give(self, answer: Answer) -> None:
        if answer.applied_later is not None:
            delay = self.server.network.faults.switches.late_seconds
            timer = threading.Timer(delay, _quietly, [answer.applied_later])
            timer.daemon = True
            timer.start()
        if answer.silent:
            self.close_connection = True
            return
        body = b"" if answer.value is None else msgspec.json.encode(answer.value)
        self._send(answer.status, body, retry_after=answer.retry_after)

    def _send_page(self, handle: str, post_id: tuple[str, ...]) -> None:
        network = self.server.network
        try:
            root = network.post(post_id[0]).root if post_id else ""
            posts = network.tree(root) if root else network.posts_of(handle)
        except NotThere:
            self._send(404, b"no such post", kind="text/plain")
        else:
            self._send(200, posts_page(posts).encode(), kind="text/html; charset=utf-8")

    def _send(
        self,
        status: int,
        body: bytes,
        *,
        kind: str = "application/json",
        retry_after: float | None = None,
    ) -> None:
        head = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body)}",
            "X-Content-Type-Options: nosniff",
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
        ]
        if retry_after is not None:
            head.append(f"Retry-After: {retry_after:g}")
        if self.close_connection:
            head.append("Connection: close")
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the process that asked knows what it asked."""


def _quietly(apply: Any) -> None:
    # A late write may find its target deleted meanwhile: nobody waits for that answer.
    with contextlib.suppress(Exception):
        apply()


def main() -> None:
    """Serve until SIGTERM or Ctrl-C; the first line printed is the URL."""
    parser = argparse.ArgumentParser(description="A small public social network on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--data", type=Path, help="file to keep everything in")
    options = parser.parse_args()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with LoopbackNetwork.serve(options.data, port=options.port) as network:
        sys.stdout.write(network.url + "\n")
        sys.stdout.flush()
        stopping.wait()


if __name__ == "__main__":
    main()
