"""`harken matcher` and `harken gather`: both ends of the stream, each a process of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from harken.config.cli.alone import run_loop, until_signal
from harken.config.cli.ground import Failed
from harken.config.settings import SettingsError, get_settings
from harken.config.streams import has_stream, open_stream
from harken.kit.stream import Stream, StreamAway, pour
from harken.kit.supervisor import MISCONFIGURED, follow_parent

log = logging.getLogger(__name__)
SOURCE = "jetstream"  # the name its cursor is kept by


def match(data: Path | None) -> int:
    """Match posts of the stream until a signal; the exit code. Raises `Failed`."""
    _checked().close()
    return run_loop("run_matcher", data)


def listen(data: Path | None) -> int:
    """Read the networks until a signal, into the stream where one is named. Raises `Failed`."""
    if has_stream():
        _checked().close()
    return run_loop("run_listen", data)


def gather(addresses: Sequence[str]) -> int:
    """Put Bluesky's firehose into the stream until a signal; the exit code. Raises `Failed`."""
    follow_parent()
    from harken.connectors.jetstream import Jetstream
    from harken.kit.addresses import allow_private_hosts

    settings = get_settings()
    allow_private_hosts(settings.listed(settings.private_hosts))
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    source = Jetstream(addresses) if addresses else Jetstream()
    stream = _checked()

    def body(stop: threading.Event) -> None:
        with closing(stream):
            while not stop.is_set():
                try:
                    log.info("%d posts put into the stream", pour(source, SOURCE, stream, stop))
                except StreamAway as error:  # before the first post: where to begin is not known
                    log.warning("the stream is away: %s", error)
                    stop.wait(1.0)

    return until_signal(body)


def _checked() -> Stream:
    """The stream; nothing is connected yet."""
    try:
        return open_stream()
    except SettingsError as error:
        raise Failed(str(error), code=MISCONFIGURED) from None
