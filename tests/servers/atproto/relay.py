"""A small HTTP relay in front of the network's server: the place where tests make faults.

It stands where the internet stands. It can be cut (connections are refused), lose an answer after
the request was carried out, answer in the server's place, or hold a request back.
"""

from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOP_HEADERS = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass
class Fault:
    """What happens to matching requests. `times` is how often; None: until it is lifted.

    `match` is a part of the request's path. `lose`: carry out, then drop the answer.
    `status`: do not carry out, answer this instead. `delay`: seconds before anything happens.
    """

    match: str
    lose: bool = False
    status: int | None = None
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    times: int | None = None
    hits: int = 0


class Relay:
    """Relays HTTP from a loopback port of its own to `target_port`."""

    def __init__(self, target_port: int, *, extra_headers: Mapping[str, str] | None = None) -> None:
        self.target_port = target_port
        self.extra_headers = dict(extra_headers or {})
        self.token = ""  # stands in for every access token that comes by, when set
        self.seen: list[tuple[str, str]] = []
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.port = 0
        self.restore()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Refuse connections, as a server that is down does."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def restore(self) -> None:
        """Accept connections again, on the same port."""
        if self._server is not None:
            return
        handler = type("Handler", (_Handler,), {"relay": self})
        self._server = _Server(("127.0.0.1", self.port), handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    @contextmanager
    def fault(self, match: str, **what: Any) -> Iterator[Fault]:
        """Inside the block requests whose path contains `match` meet the fault; see `Fault`."""
        fault = Fault(match, **what)
        with self._lock:
            self._faults.append(fault)
        try:
            yield fault
        finally:
            with self._lock:
                self._faults.remove(fault)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Inside the block connections are refused."""
        self.cut()
        try:
            yield
        finally:
            self.restore()

    @contextmanager
    def rate_limited(self) -> Iterator[None]:
        """Inside the block the server's own rate limits hold (tests otherwise bypass them)."""
        kept, self.extra_headers = self.extra_headers, {}
        try:
            yield
        finally:
            self.extra_headers = kept

    def count(self, match: str) -> int:
        """How many requests with `match` in their path came by."""
        return sum(match in path for _, path in self.seen)

    def take_fault(self, method: str, path: str) -> Fault | None:
        """The fault this request meets, if any; called by the handler."""
        with self._lock:
            self.seen.append((method, path))
            for fault in self._faults:
                if fault.match in path and (fault.times is None or fault.hits < fault.times):
                    fault.hits += 1
                    return fault
        return None


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is normal here."""


class _Handler(BaseHTTPRequestHandler):
    relay: Relay

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        fault = self.relay.take_fault(self.command, self.path)
        if fault is not None and fault.delay:
            time.sleep(fault.delay)
        if fault is not None and fault.status is not None:
            self._answer(
                fault.status, {"content-type": "application/json"} | dict(fault.headers), fault.body
            )
            return
        try:
            status, headers, answer = self._forward(body)
        except (OSError, http.client.HTTPException):
            self._drop()
            return
        if fault is not None and fault.lose:
            self._drop()
            return
        self._answer(status, headers, answer)

    do_GET = do_POST = do_OPTIONS = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_HEADERS}
        headers |= self.relay.extra_headers
        if self.relay.token and "Session" not in self.path:
            headers = {k: v for k, v in headers.items() if k.lower() != "authorization"}
            headers["authorization"] = f"Bearer {self.relay.token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.relay.target_port, timeout=60)
        try:
            connection.request(self.command, self.path, body=body or None, headers=headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in HOP_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drop(self) -> None:
        # Zero linger makes the close a reset, as a broken line does.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Tests print nothing."""
