"""One house and one town for all these tests, over a line with the network's real rate limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.bluesky_day.desk import Desk
from tests.bluesky_day.house import House, running_house
from tests.bluesky_day.town import Town
from tests.journeys.house import until
from tests.servers.atproto.network import AtprotoNetwork

UNDO_SECONDS = 1


@dataclass
class Harken:
    """The running installation, connected to the town, with Mika and Maren at their desks."""

    house: House
    town: Town
    mika: Desk  # agent
    maren: Desk  # manager


@pytest.fixture(scope="package")
def harken(atproto_network: AtprotoNetwork) -> Iterator[Harken]:
    """Connected by the forms on the channels pages, as a customer of ours would do it."""
    town = Town.founded(atproto_network)
    with (
        atproto_network.relay.rate_limited(),
        running_house() as house,
        Desk(house, "mika") as mika,
        Desk(house, "maren") as maren,
    ):
        maren.connect(town.us.handle, atproto_network.service, town.us.app_password("first"))
        maren.tune(house.channel, words=[town.tag], undo_seconds=UNDO_SECONDS)
        assert until(lambda: house.last_heard, 90), "the listener read the network"
        yield Harken(house, town, mika, maren)
