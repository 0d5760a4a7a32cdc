"""Jetstream against a stand-in that speaks its documented protocol."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator

import pytest

from harken.connectors.jetstream import Jetstream
from harken.connectors.jetstream.parse import told
from harken.connectors.jetstream.source import MOST_BYTES, Place
from harken.kit import http
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import FIRST_PAUSE, Gone, Source
from tests.servers.jetstream import StandIn, jetstream
from tests.servers.listener import Listener

pytestmark = pytest.mark.usefixtures("loopback_allowed")


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    with jetstream() as made:
        yield made


@pytest.fixture
def listener(server: StandIn) -> Listener:
    made = Listener(lambda: Jetstream([server.address]))
    made.until(lambda: made.cursor is not None)
    return made


def test_jetstream_is_a_source(server):
    assert isinstance(Jetstream([server.address]), Source)


def test_a_post_is_heard_with_what_it_carries(server, listener):
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/a"}
    card = {"uri": "https://example.org/card", "title": "", "description": ""}
    uri = server.commit(
        "Where is my parcel #parcelo",
        "3l1",
        langs=["nl"],
        facets=[{"index": {"byteStart": 0, "byteEnd": 5}, "features": [link]}],
        embed={
            "$type": "app.bsky.embed.recordWithMedia",
            "media": {"$type": "app.bsky.embed.images", "images": [{"alt": ""}, {"alt": ""}]},
            "external": card,
        },
    )
    seen: list[Heard] = []
    for caught in Jetstream([server.address]).open(listener.cursor, threading.Event()):
        seen += caught.posts
        if seen:
            break
    (post,) = seen
    assert (post.uri, post.network, post.author) == (uri, "bluesky", "did:plc:mila")
    assert (post.text, post.lang, post.pictures) == ("Where is my parcel #parcelo", "nl", 2)
    assert post.links == ("https://example.org/a", "https://example.org/card")
    assert post.sent_at.isoformat() == "2026-11-22T04:00:00+00:00"


def test_only_new_posts_are_heard(server, listener):
    server.commit("gone", "3l2", operation="delete")
    server.commit("changed", "3l3", operation="update")
    server.commit("liked", "3l4", collection="app.bsky.feed.like")
    server.add({"did": "did:plc:mila", "kind": "identity", "identity": {"handle": "mila.test"}})
    server.add({"did": "did:plc:mila", "kind": "account", "account": {"active": True}})
    last = server.commit("new", "3l5")
    listener.until(lambda: listener.has([last]))
    assert listener.each_once([last])


def test_a_post_that_was_taken_back_is_told_by_its_address(server, listener):
    uri = server.commit("written", "3d1")
    server.commit("", "3d1", operation="delete")
    server.commit("", "3d2", operation="delete", collection="app.bsky.feed.like")
    last = server.commit("new", "3d3")
    listener.until(lambda: listener.has([uri, last]))
    assert listener.gone == [Gone("bluesky", uri=uri)]


def test_only_posts_are_asked_for_and_the_overlap_is_read_again(server):
    cursor = json.dumps({"at": 1_763_000_000_000_000})
    caught = Jetstream([server.address]).open(cursor, threading.Event())
    next(caught), next(caught)
    asked = server.asked[-1]
    assert asked["wantedCollections"] == ["app.bsky.feed.post"]
    assert asked["cursor"] == ["1762999995000000"]


def test_what_was_written_before_the_first_listening_stays_unheard(server):
    server.commit("before", "3k1")
    listener = Listener(lambda: Jetstream([server.address]))
    listener.until(lambda: listener.cursor is not None)
    new = server.commit("after", "3k2")
    listener.until(lambda: listener.has([new]))
    assert listener.each_once([new])


def test_a_broken_line_is_taken_up_again(server, listener):
    first = server.commit("before", "3l7")
    listener.until(lambda: listener.has([first]))

    def break_and_go_on() -> None:
        server.break_lines()
        server.commit("behind the break", "3l8")

    threading.Timer(0.2, break_and_go_on).start()
    listener.until(lambda: len(listener.stored) == 2)
    assert listener.each_once([first, "at://did:plc:mila/app.bsky.feed.post/3l8"])
    assert listener.troubles


@pytest.mark.parametrize("skew", [-3_000_000, 3_000_000])
def test_instances_whose_clocks_differ_may_take_turns(skew):
    with jetstream() as first, jetstream(skew) as second:
        source = Jetstream([first.address, second.address])
        listener = Listener(lambda: source)
        listener.until(lambda: listener.cursor is not None)
        time.sleep(4 if skew < 0 else 0)  # so that the other's stamps lie behind the beginning
        written = [first.commit(f"post {n}", f"3s{n}") for n in range(5)]
        assert written == [second.commit(f"post {n}", f"3s{n}") for n in range(5)]
        listener.until(lambda: listener.has(written))  # each life reads at the next instance
        written.append(first.commit("only here yet", "3s9"))
        listener.until(lambda: listener.has(written))
        assert listener.each_once(written)


def test_after_twenty_kills_none_is_missed_and_none_is_twice(server, listener):
    chance = random.Random(5)
    written: list[str] = []
    ended = threading.Event()

    def write() -> None:
        for n in range(400):
            written.append(server.commit(f"post {n}", f"3m{n}"))
            if n % 130 == 129:
                server.break_lines()
            ended.wait(0.01)
        ended.set()

    threading.Thread(target=write, daemon=True).start()
    # Deaths go on until there were twenty; then the rest is read in peace.
    listener.until(lambda: listener.deaths >= 20, dies=chance)
    listener.until(lambda: ended.is_set() and listener.has(written))
    assert listener.deaths >= 20
    assert listener.each_once(written)


def test_a_server_that_is_away_is_sat_out_with_growing_pauses():
    stop = threading.Event()
    waits: list[float] = []
    stop.wait = waits.append  # type: ignore[assignment,method-assign]
    caught = Jetstream(["ws://127.0.0.1:1"]).open(None, stop)
    troubles = [next(caught).trouble for _ in range(12)]
    assert all("Refused" in trouble for trouble in troubles)
    assert waits[0] <= FIRST_PAUSE
    assert waits[-1] > 30
    assert max(waits) <= 120


@pytest.mark.parametrize("address", ["ws://203.0.113.9", "ws://jetstream.example", "http://a.b"])
def test_plain_web_sockets_leave_only_to_named_hosts(address):
    with pytest.raises(ConnectorError) as refused:
        next(Jetstream([address]).open(None, threading.Event()))
    assert refused.value.permanent


def test_an_address_in_the_own_network_is_not_reached():
    http.allow_private_hosts([])
    with pytest.raises(ConnectorError) as refused:
        next(Jetstream(["wss://127.0.0.1:1"]).open(None, threading.Event()))
    assert refused.value.permanent


def test_a_message_larger_than_we_take_breaks_only_the_line(server, listener):
    server.commit("x" * (MOST_BYTES + 1), "3n1")
    caught = Jetstream([server.address]).open(listener.cursor, threading.Event())
    assert any("1009" in next(caught).trouble for _ in range(4))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b'{"time_us": "x"}',
        b'{"kind": "commit", "time_us": 5}',
        b'{"kind": "commit", "time_us": 5, "commit": []}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_strange_message_is_passed_over(raw):
    message = told(raw)
    assert message is None or message.post is None


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        {"text": 5},
        {"text": "x", "langs": "nl", "facets": {}, "embed": [], "createdAt": 7},
        {"text": "x", "langs": [5], "facets": [{"features": [{"uri": 1}]}, 3], "createdAt": ""},
        {"text": "x\x00", "embed": {"images": 5, "media": 3}, "createdAt": "2026-11-22"},
        {"text": "x", "embed": {"external": {"uri": "javascript:1"}}},
    ],
)
def test_a_strange_record_never_stops_the_stream(record):
    message = {
        "did": "did:plc:mila",
        "time_us": 1_763_000_000_000_000,
        "kind": "commit",
        "commit": {
            "operation": "create",
            "collection": "app.bsky.feed.post",
            "rkey": "1",
            "record": record,
        },
    }
    place = Place(0, 0)
    post = place.take(json.dumps(message))
    assert place.at == 1_763_000_000_000_000
    if post is not None:
        assert post.links == ()
        post.text.encode()


def test_a_cursor_of_somebody_else_starts_now():
    assert Place.opened("not ours").at > 1_763_000_000_000_000
    assert Place.opened('["a"]').at == pytest.approx(Place.opened(None).at, abs=10_000_000)
