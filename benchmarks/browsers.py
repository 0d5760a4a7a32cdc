"""Many live streams read in one process: the measuring end of R1 and R2.

Started as `python -m benchmarks.browsers`. The first line of stdin is JSON with `port` and
`cookies`, one for each stream; "ready" on stdout says that all are open. Each further line is a
number: when so many messages have come (or `PATIENCE` seconds went by), what came since the last
time is answered as one line of JSON: [stream, message, seconds on the monotonic clock] each.
That clock is one for the whole machine, so another process may subtract its own readings.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import sys
import time
from typing import cast

import uvloop

PATIENCE = 20.0
AFTER = 0.3  # seconds we listen on after the last expected message: one told twice would show
LONGEST = 2000  # bytes of one event; ours are about 150
MESSAGE = re.compile(rb'data: \{[^}\n]*"message": ?(\d+)[^}\n]*\}\n\n')
SPECIAL = re.compile(rb"event: reset\n")

Heard = tuple[int, int, float]


class Stream(asyncio.Protocol):
    """One browser's stream on a plain socket; every message's number and arrival go to `heard`."""

    def __init__(self, number: int, cookie: str, heard: list[Heard]) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.resets = 0
        self._number = number
        self._cookie = cookie
        self._heard = heard
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream as a browser does."""
        request = f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self._cookie}\r\n\r\n"
        cast("asyncio.Transport", transport).write(request.encode())

    def data_received(self, data: bytes) -> None:
        """Note what came, with one reading of the clock for all of it."""
        now = time.monotonic()
        text = self._rest + data
        end = 0
        for found in MESSAGE.finditer(text):
            self._heard.append((self._number, int(found[1]), now))
            end = found.end()
        self.resets += len(SPECIAL.findall(text, end))
        # What follows the last whole message may be the beginning of the next one.
        self._rest = text[end:][-LONGEST:]
        if not self.opened.done():
            self._open(text)

    def connection_lost(self, exc: Exception | None) -> None:
        """A stream that ends is a failed measurement."""
        self.resets += 1
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(f"stream {self._number} ended: {exc}"))

    def _open(self, text: bytes) -> None:
        if not text.startswith(b"HTTP/1.1 200"):
            self.opened.set_exception(ConnectionError(text[:60].decode(errors="replace")))
        elif b": welcome" in text:
            self.opened.set_result(None)


async def connect(port: int, cookies: list[str], heard: list[Heard]) -> list[Stream]:
    """Open all streams, ten at a time."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(10)

    async def one(number: int, cookie: str) -> Stream:
        async with gate:
            _, stream = await loop.create_connection(
                lambda: Stream(number, cookie, heard), "127.0.0.1", port
            )
            await asyncio.wait_for(stream.opened, 60)
        return stream

    return list(await asyncio.gather(*[one(n, cookie) for n, cookie in enumerate(cookies)]))


async def main() -> None:
    """Serve the process that started us until it closes our stdin."""
    loop = asyncio.get_running_loop()
    asked = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    heard: list[Heard] = []
    streams = await connect(asked["port"], asked["cookies"], heard)
    gc.collect()
    gc.disable()  # a pause of ours would be measured as theirs
    print("ready", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        expected = int(line)
        deadline = loop.time() + PATIENCE
        while len(heard) < expected and loop.time() < deadline:
            await asyncio.sleep(0.05)
        await asyncio.sleep(AFTER)
        resets = sum(stream.resets for stream in streams)
        print(json.dumps({"heard": heard, "resets": resets}), flush=True)
        heard.clear()


if __name__ == "__main__":
    asyncio.Runner(loop_factory=uvloop.new_event_loop).run(main())
