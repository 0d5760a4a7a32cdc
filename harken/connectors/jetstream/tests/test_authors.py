"""Who the streams' authors are, asked of a stand-in for an AppView."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from harken.connectors.jetstream.authors import AppView
from harken.connectors.jetstream.source import KINDS
from harken.kit.authors import Author, NamesAuthors
from harken.kit.connector import ConnectorError, RateLimited
from tests.servers.atproto.network import AtprotoNetwork, unique
from tests.servers.atproto.people import wait_for
from tests.servers.site import Answer, Headers, Site, site

pytestmark = pytest.mark.usefixtures("loopback_allowed")

MILA = {"did": "did:plc:mila", "handle": "mila.example", "displayName": "Mila", "followersCount": 9}
ODD = {"did": "did:plc:odd", "handle": "handle.invalid", "displayName": 7, "followersCount": "x"}


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as made:
        yield made


def answering(server: Site, answer: Answer) -> list[list[str]]:
    """Let it answer so; the actors it is asked for."""
    asked: list[list[str]] = []

    def told(path: str, _headers: Headers) -> Answer:
        asked.append(parse_qs(urlsplit(path).query)["actors"])
        return answer

    server.answer = told
    return asked


def profiles(*found: object) -> Answer:
    return Answer(json.dumps({"profiles": found}).encode())


def test_profiles_are_asked_for_together_and_read(server):
    asked = answering(server, profiles(MILA, ODD, "none", {"handle": "nobody.example"}))
    door = AppView(server.url)
    assert isinstance(door, NamesAuthors)
    found = door.authors(["did:plc:mila", "did:plc:odd", "did:plc:gone"])
    assert asked == [["did:plc:mila", "did:plc:odd", "did:plc:gone"]]
    assert found == [
        Author("did:plc:mila", "mila.example", "Mila", 9),
        Author("did:plc:odd", "", "7", None),
    ]


@pytest.mark.parametrize(
    "answer", [Answer(b"[]"), Answer(b"{}"), Answer(b"<"), Answer(status=400), Answer(status=502)]
)
def test_an_answer_that_says_nothing_is_a_failure(server, answer):
    answering(server, answer)
    with pytest.raises(ConnectorError):
        AppView(server.url).authors(["did:plc:mila"])


def test_a_server_that_asks_for_a_pause_says_how_long(server):
    answering(server, Answer(status=429, headers={"retry-after": "7"}))
    with pytest.raises(RateLimited) as limited:
        AppView(server.url).authors(["did:plc:mila"])
    assert limited.value.retry_after == 7


def test_jetstream_asks_the_public_appview_and_a_server_s_firehose_whom_it_is_told():
    stream, own = KINDS
    assert stream.authors is not None
    assert isinstance(stream.authors({}), AppView)
    assert own.authors is not None
    assert isinstance(own.authors({"appview": "https://a.example"}), AppView)
    assert own.authors({"address": "wss://pds.example"}) is None


@pytest.mark.atproto
def test_the_appview_of_the_reference_network_knows_its_people(atproto_network: AtprotoNetwork):
    mila = atproto_network.person(unique("mila"))
    door = AppView(atproto_network.appview)

    def known() -> bool:
        return door.authors([mila.did]) == [Author(mila.did, mila.handle, "", 0)]

    assert wait_for(known, "the AppView knows the new account")
