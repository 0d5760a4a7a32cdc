"""Which stream engine the setting names, and where sources put their posts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from urllib.parse import urlsplit

from harken.config.settings import SettingsError, get_settings
from harken.kit.heard import Heard
from harken.kit.stream import Stream, put_safely

SETTING = "HARKEN_LISTEN_STREAM"
Sink = Callable[[Sequence[Heard]], bool]


def has_stream() -> bool:
    """Whether a stream engine is named."""
    return bool(get_settings().listen_stream.get_secret_value())


def open_stream() -> Stream:
    """The stream that is named. Raises `SettingsError`: none is, or it cannot be used from here.

    Another engine is one more scheme here and one file beside `harken.kit.nats_stream`.
    """
    settings = get_settings()
    servers = settings.listed(settings.listen_stream.get_secret_value())
    parts = [urlsplit(server) for server in servers]
    if not parts or any(part.scheme not in ("nats", "tls") or not part.hostname for part in parts):
        raise SettingsError(f"{SETTING} must look like nats://user:password@host:4222/harken")
    name = parts[0].path.strip("/") or "harken"
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise SettingsError(f"{SETTING}: the path is letters, digits, - and _ only")
    if find_spec("nats") is None:
        raise SettingsError(
            f"{SETTING} needs the package nats-py: .venv/bin/python -m pip install "
            "--require-hashes -r requirements/stream.txt"
        )
    from harken.kit.nats_stream import NatsStream

    return NatsStream([f"{part.scheme}://{part.netloc}" for part in parts], name)


def sink(stop: threading.Event) -> Sink | None:
    """Where a source's posts go when a stream is named; None: they meet the monitors right here.

    The sink says True once the posts are safe, so that their cursor may be stored, and False when
    `stop` came before that. Raises `SettingsError`.
    """
    if not has_stream():
        return None
    stream = open_stream()
    return lambda posts: put_safely(stream, posts, stop)
