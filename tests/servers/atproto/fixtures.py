"""The reference Bluesky network as a fixture: one for the whole run, started when first asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harken.kit import http
from tests.servers.atproto.network import AtprotoNetwork


@pytest.fixture(scope="session")
def atproto_network() -> Iterator[AtprotoNetwork]:
    """A running network. What is missing on the machine fails the test; nothing is skipped."""
    network = AtprotoNetwork()
    try:
        network.start()
        yield network
    finally:
        network.close()


@pytest.fixture
def loopback_allowed() -> Iterator[None]:
    """Connectors may reach 127.0.0.1 in this test, as if the operator had named it."""
    former = http.allow_private_hosts(["127.0.0.1"])
    yield
    http.allow_private_hosts(former)
