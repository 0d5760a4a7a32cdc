"""One web socket to a stream: public addresses only, in wss, and its failures in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosedError, WebSocketException
from websockets.sync.client import ClientConnection, connect

from harken.kit import http
from harken.kit.addresses import is_private_host
from harken.kit.asking import no_sign
from harken.kit.connector import ConnectorError
from harken.kit.leash import Held, leashed

BATCH = 200  # messages
UNANSWERED = "keepalive ping timeout"  # what the library tells the other side then
MUTE = 40.0  # seconds without an answer to our pings after which a line is opened anew
QUIET = 1.0  # seconds without a message after which the caller is told the cursor all the same


@contextmanager
def connected(url: str, most_bytes: int, mute: float = MUTE) -> Iterator[ClientConnection]:
    """A line to `url`, messages of at most `most_bytes`.

    Raises `ConnectorError` when it cannot be had or breaks, and when nobody answers our pings
    (RFC 6455, 5.5.2) for `mute` seconds: a line that stands is no sign that somebody is there.
    """
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme != "wss" and not is_private_host(parts.hostname or ""):
        raise ConnectorError(f"{address}: only wss leaves this house", permanent=True)
    try:
        with leashed():
            line = connect(
                url,
                ssl=http.tls() if parts.scheme == "wss" else None,
                user_agent_header=http.USER_AGENT,
                proxy=None,
                open_timeout=http.CONNECT_SECONDS,
                close_timeout=1,
                ping_interval=mute / 2,
                ping_timeout=mute / 2,
                max_size=most_bytes,
            )
        with line:
            yield line
    except Held as error:
        raise ConnectorError(f"{address}: {error}", permanent=True) from error
    except ConnectionClosedError as error:
        unanswered = error.sent is not None and error.sent.reason == UNANSWERED
        said = no_sign(mute) if unanswered else f"{type(error).__name__}: {error}"
        raise ConnectorError(f"{address}: {said}") from error
    except (OSError, WebSocketException, ValueError) as error:
        raise ConnectorError(f"{address}: {type(error).__name__}: {error}") from error


def waiting(line: ClientConnection) -> Iterator[str | bytes]:
    """The messages that are there; the first one is waited for a little."""
    wait = QUIET
    for _ in range(BATCH):
        try:
            yield line.recv(timeout=wait)
        except TimeoutError:
            return
        wait = 0.0
