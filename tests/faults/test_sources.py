"""What is listened to, under kill -9: each post is read once, each hit is there once."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

import pytest

from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import NewPost, Person
from harken.domain.listening.models import MonitorHit
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.listening.services.sources import WantedSource, save_source
from tests.cast import Company
from tests.faults.nursery import PATIENCE, nursery
from tests.servers.jetstream import jetstream

pytestmark = pytest.mark.django_db(transaction=True)
POSTS, TAGGED, KILLS, SECONDS = 1_000, 200, 20, 10.0
Write = Callable[[str, int], str]


def begin(company: Company, kind: str, **settings: str) -> ListeningSource:
    query = Wanted("Tag", "brand", "#parcelo NOT @meridian.example")
    save_monitor(None, query, by=company.lena)
    return save_source(None, WantedSource(kind, "Stream", settings), by=company.lena)


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def stream_under_fire(source: ListeningSource, write: Write, *, kills: int = KILLS) -> None:
    """Write `POSTS` while the reader dies again and again; each must have been read once."""
    written: list[str] = []

    def go_on() -> None:
        for number in range(POSTS):
            tagged = number % (POSTS // TAGGED) == 0
            uri = write(f"where is my bag {number}" + (" #parcelo" if tagged else ""), number)
            if tagged:
                written.append(uri)
            time.sleep(SECONDS / POSTS)

    with nursery("sources", 1, kills, 7, within=SECONDS):
        until(lambda: bool(ListeningSource.objects.get().cursor), "the source is read")
        writer = threading.Thread(target=go_on)
        writer.start()
        writer.join()
        until(lambda: ListeningSource.objects.get().heard >= POSTS, "all posts are read")
        time.sleep(1)  # what came twice would come now
    source.refresh_from_db()
    hits = list(MonitorHit.objects.values_list("uri", flat=True))
    sys.stdout.write(
        f"\nsources: {source.kind}: {POSTS} posts, {source.heard} read, {TAGGED} with the hashtag, "
        f"{len(hits)} hits, {kills} kills in {SECONDS:g} s\n"
    )
    assert source.heard == POSTS
    assert sorted(hits) == sorted(written)
    assert source.hits == TAGGED == len(written)


def test_1000_posts_of_the_practice_network_survive_20_kills(company: Company):
    with LoopbackNetwork.serve() as network:
        who = network.person(Person("amara.example"))
        source = begin(company, "loopback", service=network.url)
        stream_under_fire(source, lambda text, _: network.write(who, NewPost(text)).id)


def test_1000_posts_of_jetstream_survive_20_kills_and_broken_lines(company: Company):
    with jetstream() as server:

        def write(text: str, number: int) -> str:
            if number % 100 == 50:
                server.break_lines()
            return server.commit(text, f"3k{number:05d}")

        stream_under_fire(begin(company, "jetstream", address=server.address), write)
