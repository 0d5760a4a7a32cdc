"""The one way out: every request Harken makes to the outside goes through a client from here.

A host name typed by a person, or sent by a stranger, must not lead into the company's own network.
So the name is resolved here, every address of it is checked, and the connection goes to exactly
the address that was checked: a name that answers differently the next time (DNS rebinding) gains
nothing. Redirects are not followed, proxies from the environment are not used, plain HTTP is only
spoken to hosts the operator named, and time and size have limits.
"""

from __future__ import annotations

import functools
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import Any

import certifi
import httpcore
import httpx

from harken.kit import clock
from harken.kit.addresses import allow_private_hosts as allow_private_hosts  # noqa: PLC0414
from harken.kit.addresses import is_private_host, is_reachable

CONNECT_SECONDS = 5.0
DEADLINE_SECONDS = 15.0
MOST_BYTES = 8 * 1024 * 1024
# Node closes idle connections after 5 s; a shorter life avoids writing into a closing one.
IDLE_SECONDS = 4.0
USER_AGENT = "Harken (self-hosted webcare)"


class AddressRefused(httpx.ConnectError):
    """The address is not one we may reach; nothing was sent."""


class AnswerTooLarge(httpx.ReadError):
    """The answer is larger than the client accepts, or packed although we asked for plain."""


def client(
    *,
    base_url: str = "",
    connect: float = CONNECT_SECONDS,
    deadline: float = DEADLINE_SECONDS,
    most_bytes: int = MOST_BYTES,
) -> httpx.Client:
    """A client that reaches public addresses only. Close it, or use it as a context manager.

    `connect` and `deadline` are seconds for one request: to get a connection, and in all, however
    slowly the other side drips. One request may set its own with `extensions={"deadline": 5.0}`.
    Raises httpx's errors; `httpx.ConnectError` and `httpx.ConnectTimeout` (and the
    `AddressRefused` above) mean that nothing was sent.
    """
    return httpx.Client(
        base_url=base_url,
        transport=_Transport(deadline, most_bytes),
        timeout=httpx.Timeout(deadline, connect=connect),
        follow_redirects=False,
        trust_env=False,
        # Plain answers only: a small packed one could unfold to gigabytes.
        headers={"user-agent": USER_AGENT, "accept-encoding": "identity"},
    )


class _Transport(httpx.HTTPTransport):
    """Gives each request its deadline and each answer its size limit."""

    def __init__(self, deadline: float, most_bytes: int) -> None:
        super().__init__(verify=tls(), trust_env=False)
        self._deadline = deadline
        self._most_bytes = most_bytes
        self._backend = _GuardedBackend()
        # httpx has no argument for the backend, which is where the resolved address is pinned.
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls(), keepalive_expiry=IDLE_SECONDS, network_backend=self._backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host.lower()
        if request.url.scheme != "https" and not is_private_host(host):
            raise AddressRefused(f"{request.url.scheme}://{host}: only https leaves this house")
        seconds = float(request.extensions.get("deadline", self._deadline))
        self._backend.start(seconds)
        response = super().handle_request(request)
        return self._limited(response)

    def _limited(self, response: httpx.Response) -> httpx.Response:
        packed = response.headers.get("content-encoding", "identity") != "identity"
        declared = response.headers.get("content-length", "0")
        too_large = declared.isdigit() and int(declared) > self._most_bytes
        if packed or too_large:
            response.close()
            raise AnswerTooLarge("packed answer" if packed else f"answer of {declared} bytes")
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Limited(response.stream, self._most_bytes)
        return response


class _Limited(httpx.SyncByteStream):
    """A body that stops at a size."""

    def __init__(self, stream: httpx.SyncByteStream, most_bytes: int) -> None:
        self._stream = stream
        self._left = most_bytes

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise AnswerTooLarge("the answer has no end in sight")
            yield chunk

    def close(self) -> None:
        self._stream.close()


class _GuardedBackend(httpcore.NetworkBackend):
    """Resolves names itself, connects to checked addresses only, and ends at the deadline."""

    def __init__(self) -> None:
        self._sockets = httpcore.SyncBackend()
        self._local = threading.local()  # a request is made by one thread from start to end

    def start(self, seconds: float) -> None:
        """A request begins on this thread; it ends `seconds` from now at the latest."""
        self._local.end = clock.monotonic() + seconds

    def left(self, timeout: float | None, error: type[Exception]) -> float:
        """Seconds the next step may take. Raises `error` when the deadline has passed."""
        left = float(self._local.end) - clock.monotonic()
        if left <= 0:
            raise error("the deadline of the whole request has passed")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._checked(host, port, timeout):
            seconds = self.left(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _TimedStream(stream, self)
        raise failed

    def _checked(self, host: str, port: int, timeout: float | None) -> list[str]:
        internal = is_private_host(host)
        found = _resolve(host, port, self.left(timeout, httpcore.ConnectTimeout))
        for address in found:
            # One bad address refuses the name: a mixed answer is an attack or a mistake.
            if not is_reachable(address, internal=internal):
                raise AddressRefused(f"{host} leads to {address}, which is not a public address")
        return found


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline of the request it serves."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _GuardedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._backend.left(timeout, httpcore.ConnectTimeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, seconds)
        return _TimedStream(secured, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of `host`, in the system's order. The system's look-up has no time-out."""
    answer: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answer.put(OSError(str(error)))
        else:
            answer.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))

    threading.Thread(target=look_up, daemon=True, name="resolve").start()
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise httpcore.ConnectTimeout(f"looking up {host} took too long") from None
    if isinstance(found, OSError):
        raise httpcore.ConnectError(f"{host}: {found}")
    return found


@functools.cache
def tls() -> ssl.SSLContext:
    """The public certificate authorities, and those the machine's operator added."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context
