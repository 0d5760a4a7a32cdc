"""Who accounts are, asked of the reference network through our account's server."""

from __future__ import annotations

from harken.connectors.bluesky.tests.world import BlueskyWorld
from harken.kit.authors import Author, NamesAuthors
from tests.servers.atproto.people import wait_for

NOBODY = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"


def test_accounts_are_named_and_who_is_not_there_is_left_out(world: BlueskyWorld):
    connector = world.connector()
    assert isinstance(connector, NamesAuthors)
    ana, ben = world.customer, world.other
    ana.call_oneself("Ana María 🌱")
    wanted = [
        Author(ana.did, ana.handle, "Ana María 🌱", 0),
        Author(ben.did, ben.handle, "", 0),
    ]

    def known() -> bool:
        return connector.authors([ana.did, NOBODY, ben.did]) == wanted

    assert wait_for(known, "the network shows their names")
