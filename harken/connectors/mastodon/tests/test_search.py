"""A search at a stand-in of a Mastodon server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import pytest

from harken.connectors.mastodon.search import Search
from harken.kit.connector import ConnectorError
from harken.kit.source import Caught, Source
from tests.servers.hashtag import TOKEN, Tagged
from tests.servers.site import site


@pytest.fixture
def server(loopback_allowed: None) -> Iterator[Tagged]:
    with site() as made:
        yield Tagged(made)


def search(server: Tagged, words: str = "suitcase") -> Search:
    return Search(server.server.url, words, token=TOKEN, every=0)


def hour_ago() -> str:
    at = str(time.time_ns() // 1_000_000 - 3_600_000 << 16)
    return json.dumps({"at": at})


def looked(source: Source, cursor: str | None, looks: int) -> list[Caught]:
    stream = source.open(cursor, threading.Event())
    return [next(stream) for _ in range(looks)]


def uris(caught: list[Caught]) -> list[str]:
    return [post.uri for each in caught for post in each.posts]


def test_only_what_is_found_is_heard_once_and_nothing_from_before(server):
    server.write("a suitcase long ago", back=60)
    source = search(server)
    assert isinstance(source, Source)
    (first,) = looked(source, None, 1)
    assert first.posts == ()
    found = server.write("my suitcase is gone")
    server.write("my bag is gone")
    caught = looked(source, first.cursor, 3)
    assert uris(caught) == [found]
    assert uris(looked(source, caught[-1].cursor, 2)) == []


def test_an_outage_is_walked_back_and_a_broken_walk_gives_nothing_twice(server):
    written = {server.write(f"suitcase {n}", back=2_000 - n) for n in range(130)}
    source = search(server)
    begun = looked(source, hour_ago(), 2)  # of four pages; then the listener dies
    assert len(uris(begun)) == 80
    rest = looked(source, begun[-1].cursor, 5)
    both = uris(begun) + uris(rest)
    assert len(both) == len(set(both)) == 130
    assert set(both) == written


def test_what_the_index_learns_late_is_found_in_the_overlap(server):
    source = search(server)
    first = server.write("suitcase in time")
    caught = looked(source, hour_ago(), 1)
    late = server.write("suitcase from a slow index", back=300)
    assert uris(caught) == [first]
    assert uris(looked(source, caught[-1].cursor, 1)) == [late]


def test_a_refused_token_stops_it_for_good(server):
    source = Search(server.server.url, "suitcase", token="old", every=0)
    with pytest.raises(ConnectorError, match="another token") as told:
        looked(source, None, 1)
    assert told.value.permanent
