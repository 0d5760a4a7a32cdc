"""The test network keeps to this machine, and comes back as the same network."""

from __future__ import annotations

import psutil  # type: ignore[import-untyped]
import pytest

from tests.servers.atproto.network import AtprotoNetwork, unique
from tests.servers.atproto.people import wait_for

pytestmark = pytest.mark.atproto


def test_every_server_listens_on_loopback_only(atproto_network: AtprotoNetwork):
    assert atproto_network.pid is not None
    sockets = psutil.Process(atproto_network.pid).net_connections(kind="inet")
    listening = {s.laddr for s in sockets if s.status == psutil.CONN_LISTEN}
    assert {address.ip for address in listening} == {"127.0.0.1"}
    assert {address.port for address in listening} >= set(atproto_network.ports.values())


def test_a_restarted_network_has_the_same_people_and_posts(atproto_network: AtprotoNetwork):
    ana, shop = (atproto_network.person(unique(name)) for name in ("ana", "bluebird"))
    before = ana.post(f"Hello @{shop.handle}")
    atproto_network.stop()
    atproto_network.start()
    after = ana.post(f"Hello again @{shop.handle}")
    told = shop.client.app.bsky.notification.list_notifications
    wait_for(
        lambda: {before.uri, after.uri} <= {note.uri for note in told().notifications},
        "both posts are told",
    )
    assert ana.record(before.uri).text == f"Hello @{shop.handle}"
