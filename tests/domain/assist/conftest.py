"""A house with an assistant: a real server of this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harken.kit.http import allow_private_hosts
from tests.servers.assistant import KEY, Assistant, assistant


@pytest.fixture
def machine(settings) -> Iterator[Assistant]:
    """The assistant of this house."""
    former = allow_private_hosts(["127.0.0.1"])
    with assistant() as served:
        settings.ASSIST_URL, settings.ASSIST_KEY = served.url, KEY
        settings.ASSIST_MODEL = "small-1"
        yield served
    allow_private_hosts(former)
