"""Everything that is written at a loopback network, read as a source."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.source import Firehose
from harken.connectors.loopback.wire import NewPost, Person
from harken.kit.heard import Heard
from harken.kit.source import Cursor

AMARA = Person("amara.example", "Amara", 120)


@pytest.fixture
def network() -> Iterator[LoopbackNetwork]:
    with LoopbackNetwork.serve() as served:
        yield served


def write(network: LoopbackNetwork, text: str) -> str:
    return network.write(network.person(AMARA), NewPost(text, lang="en")).id


def read(network: LoopbackNetwork, cursor: Cursor, most: int) -> tuple[list[Heard], str]:
    """Until nothing more comes or there are `most` posts."""
    stop = threading.Event()
    posts: list[Heard] = []
    for caught in Firehose(network.url, every=0.01).open(cursor, stop):
        posts += caught.posts
        cursor = caught.cursor
        if not caught.trouble and (len(posts) >= most or not caught.posts):
            stop.set()
    return posts, cursor or ""


def test_it_begins_with_what_comes_and_goes_on_after_its_cursor(network: LoopbackNetwork):
    write(network, "long before")
    nothing, cursor = read(network, None, 1)
    assert nothing == []
    written = [write(network, f"late {n} https://a.example/{n}") for n in range(3)]
    posts, cursor = read(network, cursor, 3)
    assert [post.uri for post in posts] == written
    first = posts[0]
    assert (first.author, first.reach, first.lang) == ("amara.example", 120, "en")
    assert first.links == ("https://a.example/0",)
    assert read(network, cursor, 1)[0] == []


def test_more_than_a_page_comes_in_order_and_what_was_taken_back_does_not(
    network: LoopbackNetwork,
):
    _, cursor = read(network, None, 1)
    written = [write(network, f"late {n}") for n in range(1_200)]
    network.delete(network.person(AMARA), written.pop(700))
    posts, _ = read(network, cursor, 1_199)
    assert [post.uri for post in posts] == written


def test_a_cursor_of_another_network_reads_all_of_this_one(network: LoopbackNetwork):
    written = write(network, "late")
    posts, _ = read(network, "9000", 1)
    assert [post.uri for post in posts] == [written]


def test_faults_are_told_and_sat_out(network: LoopbackNetwork):
    _, cursor = read(network, None, 1)
    written = write(network, "late")
    network.faults.set(error=1.0)
    stop, told = threading.Event(), []
    for caught in Firehose(network.url, every=0.01).open(cursor, stop):
        if caught.trouble:
            told.append(caught.trouble)
            network.faults.clear()
        if caught.posts:
            assert [post.uri for post in caught.posts] == [written]
            stop.set()
    assert "HTTP 500" in told[0]
