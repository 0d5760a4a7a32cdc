"""The live process as an ASGI application: `/live` is the stream, everything else the pages'."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harken.config.django")
django.setup()

from harken.config.settings import get_settings  # noqa: E402 - models need Django set up first
from harken.web.live.answers import Receive, Scope, Send  # noqa: E402
from harken.web.live.pages import Pool  # noqa: E402
from harken.web.live.relay import Relay  # noqa: E402
from harken.web.live.stream import Live  # noqa: E402


class Front:
    """One port for the stream and the pages."""

    def __init__(self) -> None:
        self._settings = get_settings()
        self._live: Live | None = None
        self._relay: Relay | None = None
        self._feeding: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route by path."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] != "http":
            return
        elif scope["path"] == "/live" and self._live is not None:
            await self._live(scope, receive, send)
        elif self._relay is not None:
            await self._relay(scope, receive, send)

    def end_streams(self) -> None:
        """Close every live stream now; called from a signal handler."""
        if self._live is not None and self._feeding is not None:
            self._feeding.get_loop().call_soon_threadsafe(self._live.hub.close)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self._live = Live(self._settings.database_url)
        self._relay = Relay(Pool(self._settings.pages), https=self._settings.https)
        self._feeding = asyncio.create_task(self._live.run())
        self._feeding.add_done_callback(_end_if_failed)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._feeding.cancel()
        with suppress(asyncio.CancelledError):
            await self._feeding
        await send({"type": "lifespan.shutdown.complete"})


def _end_if_failed(feeding: asyncio.Task[None]) -> None:
    """A stream that is no longer fed must not look alive: end the process, it is restarted."""
    if not feeding.cancelled() and feeding.exception() is not None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "the live stream is no longer fed", "exception": feeding.exception()}
        )
        os._exit(1)


application = Front()
