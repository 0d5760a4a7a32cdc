"""The least that can push: a bare asyncio server that tells every open socket each notification.

No sessions, no rights, no journal, no replay. R2 measures the live process against it. Started as
`python -m benchmarks.raw_server DATABASE_URL PORT`; "ready" on stdout says that it listens.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import psycopg

CHANNEL = "bench_raw"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n: welcome\n\n"


class Socket(asyncio.Protocol):
    """One listener; whatever it asks, it gets the stream."""

    def __init__(self, open_ones: set[asyncio.Transport]) -> None:
        self._open_ones = open_ones
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the socket until it closes."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, _: bytes) -> None:
        """The request, taken as read."""
        if self._transport is not None:
            self._transport.write(HEAD)
            self._open_ones.add(self._transport)

    def connection_lost(self, _: Exception | None) -> None:
        """Forget the socket."""
        if self._transport is not None:
            self._open_ones.discard(self._transport)


async def main(url: str, port: int) -> None:
    """Listen and tell, until killed."""
    open_ones: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Socket(open_ones), "127.0.0.1", port, backlog=1024)
    async with server, await psycopg.AsyncConnection.connect(url, autocommit=True) as listener:
        await listener.execute(f"LISTEN {CHANNEL}")
        print("ready", flush=True)
        async for notification in listener.notifies():
            event = f'id: 1-{notification.payload}\ndata: {{"message": {notification.payload}}}\n\n'
            encoded = event.encode()
            for transport in open_ones:
                transport.write(encoded)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
