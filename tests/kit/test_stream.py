"""The stream at a real nats-server: nothing put down is lost, nothing dealt with comes again."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nats
import pytest
from msgspec.structs import replace
from nats.js.api import DiscardPolicy, RetentionPolicy, StreamConfig

from harken.kit import clock
from harken.kit.heard import Heard, decode
from harken.kit.nats_stream import NatsStream
from harken.kit.source import Caught
from harken.kit.stream import StreamAway, Taken, encode, name_of, pour, put_safely
from tests.servers.nats import NatsServer, nats_server

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEASE = 3.0  # seconds, long enough to say that something is done
Open = Callable[[], NatsStream]


def post(number: int, text: str = "meridian is late") -> Heard:
    return Heard(
        network="bluesky", uri=f"at://mila/{number}", author="mila", text=text, sent_at=NOON
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as made:
        yield made


@pytest.fixture
def opened(server: NatsServer) -> Iterator[Open]:
    """Give streams at the server, each as a process of its own would have it."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(NatsStream([server.address], lease=LEASE)))


def taken_by(stream: NatsStream, count: int, patience: float = 60.0) -> list[Taken]:
    """So many posts, or as many as come in time."""
    found: list[Taken] = []
    deadline = time.monotonic() + patience
    while len(found) < count and time.monotonic() < deadline:
        found += stream.take(count - len(found), 0.2)
    return found


def uris(taken: list[Taken]) -> list[str]:
    return sorted(decode(each.raw).uri for each in taken)


def test_a_post_comes_back_as_it_was_put(opened):
    stream = opened()
    whole = Heard(
        network="feeds",
        uri="https://blog.example/\r\na",
        author="Mila",
        text="Größe 👍\n#meridian",
        lang="de",
        sent_at=NOON,
        links=("https://shop.example/1",),
        pictures=2,
        reach=7,
    )
    stream.put([whole])
    assert [decode(each.raw) for each in taken_by(stream, 1)] == [whole]


def test_what_is_done_never_comes_again_and_what_is_not_comes_to_another(opened, server):
    one, other = NatsStream([server.address], lease=LEASE), opened()
    one.put([post(number) for number in range(10)])
    first = taken_by(one, 10)
    one.done(first[:4])
    one.close()  # without a word about the six
    late = taken_by(other, 6)
    assert uris(late) == uris(first[4:])
    other.done(late)
    time.sleep(LEASE + 0.5)
    assert taken_by(other, 1, patience=0.5) == []
    assert other.backlog() == (0, 0)


def test_what_is_given_back_comes_soon_and_what_is_discarded_never(opened):
    stream = opened()
    stream.put([post(1), post(2)])
    back, gone = taken_by(stream, 2)
    stream.again([back])
    stream.discard(gone)
    again = taken_by(stream, 1)
    assert uris(again) == uris([back])
    stream.done(again)
    assert taken_by(stream, 1, patience=1.5) == []
    assert stream.backlog() == (0, 0)


def test_the_same_words_put_twice_come_once_and_an_edited_post_again(opened):
    stream = opened()
    stream.put([post(1), post(1), post(2)])
    stream.put([post(2), post(2, "meridian was late")])
    assert sum(stream.backlog()) == 3
    assert name_of(post(1)) == name_of(post(1)) != name_of(post(2))


def test_who_leaves_gives_back_at_once_what_was_on_its_way_to_them(opened, server):
    leaving = NatsStream([server.address], lease=300.0)
    leaving.put([post(number) for number in range(50)])
    leaving.done(taken_by(leaving, 10))
    time.sleep(0.5)  # the next ten were asked for already
    leaving.close()
    assert len(taken_by(opened(), 40)) == 40


def test_a_restarted_server_has_lost_nothing(opened, server):
    stream = opened()
    stream.put([post(number) for number in range(100)])
    found = set(uris(taken := taken_by(stream, 30)))
    stream.done(taken)
    server.kill()
    with pytest.raises(StreamAway):
        stream.put([post(1000)])
    server.start()
    assert put_safely(stream, [post(1000)], threading.Event())
    deadline = time.monotonic() + 60
    while len(found) < 101 and time.monotonic() < deadline:  # some may come a second time
        found |= set(uris(taken := taken_by(stream, 50, patience=0.5)))
        stream.done(taken)
    assert found == {f"at://mila/{number}" for number in (*range(100), 1000)}


def test_a_stream_without_a_server_says_so(server):
    server.kill()
    for address, said in ((server.address, "is it started"), ("nats://a.invalid:4222", "its host")):
        with closing(NatsStream([address])) as stream, pytest.raises(StreamAway, match=said):
            stream.take(1, 0.1)


def test_a_full_stream_makes_sources_wait_and_throws_nothing_away(server, opened):
    async def limited() -> None:
        client = await nats.connect(server.address)
        posts = StreamConfig(
            name="harken-posts",
            subjects=["harken.posts"],
            retention=RetentionPolicy.WORK_QUEUE,
            discard=DiscardPolicy.NEW,
            max_msgs=5,
        )
        await client.jetstream().add_stream(posts)
        await client.close()

    asyncio.run(limited())
    stream = opened()  # it finds this stream and uses it as it is
    with pytest.raises(StreamAway):
        stream.put([post(number) for number in range(8)])
    found = taken_by(stream, 5)
    stream.done(found)
    assert put_safely(stream, [post(number) for number in range(8)], threading.Event())
    found += taken_by(stream, 3)
    assert uris(found) == [f"at://mila/{number}" for number in range(8)]


class Told:
    """A source of numbered posts that remembers where it was opened."""

    def __init__(self) -> None:
        self.opened: list[str | None] = []

    def open(self, cursor: str | None, stop: threading.Event) -> Iterator[Caught]:
        self.opened.append(cursor)
        begin = int(cursor or 0)
        for number in range(begin, begin + 3):
            yield Caught((post(number),), str(number + 1))


def test_pouring_goes_on_where_it_ended_also_on_another_machine(opened):
    source = Told()
    assert pour(source, "told", opened(), threading.Event()) == 3
    assert pour(source, "told", opened(), threading.Event()) == 3
    assert pour(source, "https://other.example/feed.xml", opened(), threading.Event()) == 3
    assert source.opened == [None, "3", None]
    assert uris(taken_by(opened(), 6)) == [f"at://mila/{number}" for number in range(6)]


def test_what_is_put_is_dealt_with_up_to_the_oldest_that_waits(opened):
    stream, begun = opened(), clock.now()
    assert stream.dealt_until() >= begun
    stream.put([post(1)])
    put = clock.now()
    time.sleep(0.01)
    stream.put([post(2)])
    assert begun <= stream.dealt_until() <= put
    stream.done(taken_by(stream, 1))
    time.sleep(0.2)
    assert put <= stream.dealt_until() <= clock.now() - timedelta(seconds=0.2)
    stream.done(taken_by(stream, 1))
    time.sleep(0.2)
    asked = clock.now()
    assert stream.dealt_until() >= asked - timedelta(seconds=0.1)


def test_a_post_with_more_links_than_the_server_takes_comes_without_them(opened):
    stream = opened()
    links = tuple(f"https://blog.example/{'a' * 900}/{number}" for number in range(1200))
    long = replace(post(1), links=links)
    stream.put([long, post(2)])
    assert [decode(each.raw) for each in taken_by(stream, 2)] == [post(1), post(2)]


def test_a_post_is_smaller_than_what_the_server_takes():
    assert len(encode(post(1, "👍" * 50_000))) < 1024 * 1024
