"""A source of the desk over a real nats-server: reader, matcher and engine die, no post is lost."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import nats
import pytest
from django.test import Client
from django.urls import reverse

from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import NewPost, Person
from harken.domain.listening import sourcing, streaming
from harken.domain.listening.models import MonitorHit
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.queries_sources import matched_until, source_health, way_of_posts
from harken.kit import clock
from harken.kit.nats_stream import NatsStream
from tests.cast import Company
from tests.faults.nursery import nursery
from tests.faults.test_sources import begin, until
from tests.servers.nats import NatsServer, nats_server

pytestmark = pytest.mark.django_db(transaction=True)
POSTS, TAGGED, SECONDS, KILLS, STARTS = 1_000, 200, 4.0, 7, 2
LEASE = 2.0  # seconds, shorter than usual: what a killed matcher held comes sooner
DOWN = 0.5  # seconds the engine is away each time


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as made:
        with closing(NatsStream([made.address], lease=LEASE)) as stream:
            stream.backlog()  # makes the consumer, with that lease
        yield made


async def kept_by(engine: NatsServer) -> int:
    """How many posts lie in the stream, whoever they are for."""
    client = await nats.connect(engine.address)
    try:
        return (await client.jetstream().stream_info("harken-posts")).state.messages
    finally:
        await client.close()


@pytest.fixture
def page(company: Company) -> Callable[[], str]:
    """The page of the sources, as a lead sees it."""
    lead = Client()
    lead.force_login(company.lena)

    def look() -> str:
        return lead.get(reverse("manage:sources")).content.decode()

    return look


def test_1000_posts_of_a_source_are_each_heard_once_whoever_is_killed(
    company: Company, engine: NatsServer
):
    began = time.monotonic()
    written: list[str] = []
    with LoopbackNetwork.serve() as network:
        who = network.person(Person("amara.example"))
        source = begin(company, "loopback", service=network.url)

        def write() -> None:
            for number in range(POSTS):
                tag = " #parcelo" if number % (POSTS // TAGGED) == 0 else ""
                uri = network.write(who, NewPost(f"where is my bag {number}{tag}")).id
                written.extend([uri] if tag else [])
                if number % (POSTS // (STARTS + 1)) == 150:
                    engine.stay_away(DOWN)
                time.sleep(SECONDS / POSTS)

        with (
            nursery("sources", 1, KILLS, 7, within=SECONDS, listen_stream=engine.address),
            nursery("matcher", 1, KILLS, 11, within=SECONDS, listen_stream=engine.address),
        ):
            until(lambda: bool(ListeningSource.objects.get().cursor), "the source is read")
            write()
            until(lambda: ListeningSource.objects.get().heard >= POSTS, "all posts are read")
            until(lambda: ListeningSource.objects.get().hits >= TAGGED, "all posts are matched")
            all_put = clock.now()
            until(lambda: (matched_until() or all_put) > all_put, "all posts are dealt with")
            until(lambda: asyncio.run(kept_by(engine)) == 0, "the stream is empty")
    source.refresh_from_db()
    hits = list(MonitorHit.objects.values_list("uri", flat=True))
    sys.stdout.write(
        f"\n{POSTS} posts over the stream: {source.heard} read, {len(hits)} of {TAGGED} hits, "
        f"{2 * KILLS} kills and {STARTS} of the engine, {time.monotonic() - began:.1f} s\n"
    )
    assert sorted(hits) == sorted(written)
    assert len(written) == TAGGED
    assert (source.heard, source.hits) == (POSTS, TAGGED)


@contextmanager
def at_work(run: Callable[[threading.Event], None]) -> Iterator[None]:
    """A loop in a thread of its own, ended afterwards."""
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def test_while_the_engine_is_away_the_source_waits_and_says_so(
    company: Company, engine: NatsServer, page: Callable[[], str]
):
    def reading(stop: threading.Event) -> None:
        sourcing.run(stop, lambda: NatsStream([engine.address]))

    def matching(stop: threading.Event) -> None:
        with closing(NatsStream([engine.address])) as stream:
            streaming.run(stream, stop)

    with LoopbackNetwork.serve() as network:
        who = network.person(Person("amara.example"))
        source = begin(company, "loopback", service=network.url)

        def state() -> str:
            source.refresh_from_db()
            return source_health(source).state

        with at_work(reading):
            until(lambda: state() == "listening", "the source is read")
            assert "Posts wait in the stream" in page()  # no matcher runs
            engine.kill()
            cursor = source.cursor
            uri = network.write(who, NewPost("my bag is gone #parcelo")).id
            until(lambda: state() == "waiting", "the source says that it waits")
            assert source.cursor == cursor
            assert "Waiting for the stream" in page()
            assert "nothing is lost" in page()
            engine.start()
            until(lambda: state() == "listening", "the source goes on")
            assert not MonitorHit.objects.exists()
            with at_work(matching):
                until(lambda: way_of_posts().matchers == 1, "the matcher says that it lives")
                assert "through the stream engine to one matcher" in page()
                until(MonitorHit.objects.exists, "the post is heard")
    assert MonitorHit.objects.get().uri == uri
