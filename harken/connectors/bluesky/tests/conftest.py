"""The world the Bluesky tests live in."""

from __future__ import annotations

import pytest

from harken.connectors.bluesky.tests.world import BlueskyWorld
from tests.servers.atproto.network import AtprotoNetwork


@pytest.fixture(scope="module")
def world(atproto_network: AtprotoNetwork) -> BlueskyWorld:
    """Fresh accounts on the reference network."""
    return BlueskyWorld(atproto_network)


@pytest.fixture(autouse=True)
def at_home(loopback_allowed: None) -> None:
    """The reference network is on loopback."""
