"""Which stream engine the setting names."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from harken.config.settings import SettingsError, get_settings
from harken.kit.stream import Stream

SETTING = "HARKEN_LISTEN_STREAM"


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
    from harken.kit.nats_access import Access, AccessUnusable
    from harken.kit.nats_stream import NatsStream

    # One user for all of a cluster, whichever of its addresses names it.
    named = next((part for part in parts if part.username), parts[0])
    access = Access.of(
        named, _file(settings.listen_stream_credentials), _file(settings.listen_stream_ca)
    )
    try:
        access.check()
    except AccessUnusable as error:
        raise SettingsError(str(error)) from None
    hosts = [f"{part.scheme}://{part.netloc.rpartition('@')[2]}" for part in parts]
    return NatsStream(hosts, name, access=access)


def _file(path: str) -> Path | None:
    return Path(path) if path else None
