"""Run the live process: uvicorn, told to end its streams at the first sign of stopping."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

GRACE = 2  # seconds that requests in flight get after the streams were ended


class Server(uvicorn.Server):
    """uvicorn waits for open responses before it tells the application to stop; a stream never
    ends by itself, so it must hear of the signal first.
    """

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by uvicorn on SIGINT and SIGTERM."""
        self._on_stop()
        super().handle_exit(sig, frame)


def serve(application: Any, on_stop: Callable[[], None], *, host: str, port: int) -> None:
    """Serve until a signal. Raises SystemExit when the port is taken."""
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE,
        backlog=1024,
        ws="none",
    )
    Server(config, on_stop).run()
