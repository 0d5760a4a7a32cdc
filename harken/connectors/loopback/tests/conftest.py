from collections.abc import Iterator

import pytest

from harken.kit import http


@pytest.fixture(autouse=True)
def reachable_loopback() -> Iterator[None]:
    """The loopback network lives on this machine, which the guarded client refuses by default."""
    former = http.allow_private_hosts(["127.0.0.1"])
    yield
    http.allow_private_hosts(former)
