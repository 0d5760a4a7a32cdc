"""Many matchers on one real nats-server: each post is heard once, whoever dies on the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from harken.domain.listening.models import MonitorHit
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.listening.streaming import Matching
from harken.kit.heard import Heard
from harken.kit.nats_stream import NatsStream
from harken.kit.stream import put_safely
from tests.faults.nursery import nursery, until
from tests.servers.nats import NatsServer, nats_server

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEASE = 2.0  # seconds, shorter than usual: what a killed matcher held comes sooner
POSTS, KILLS, WITHIN = 4000, 12, 6.0
STEP = 100  # posts put at a time
QUERIES = {"us": "meridian", "late": "meridian AND late", "them": "larkair"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as made:
        yield made


@pytest.fixture
def lease() -> float:
    return LEASE


@pytest.fixture
def stream(server: NatsServer, company, lease: float) -> Iterator[NatsStream]:
    """The stream with its shared consumer, and three monitors."""
    for name, query in QUERIES.items():
        save_monitor(None, Wanted(name, "brand", query), by=company.lena)
    with closing(NatsStream([server.address], lease=lease)) as made:
        made.backlog()
        yield made


def post(number: int) -> Heard:
    text = ("meridian is late", "nothing of it", "larkair and meridian", "meridian")[number % 4]
    return Heard(
        network="bluesky", uri=f"at://mila/{number}", author="mila", text=text, sent_at=NOON
    )


def expected(count: int) -> int:
    """Hits of so many posts: two, none, two and one in each four."""
    return count // 4 * 5


def put_over_time(stream: NatsStream, seconds: float, between: Callable[[int], None]) -> None:
    """All posts, spread; `between` is called before each step with its number."""
    for step in range(POSTS // STEP):
        between(step)
        posts = [post(number) for number in range(step * STEP, (step + 1) * STEP)]
        assert put_safely(stream, posts, threading.Event())
        time.sleep(seconds * STEP / POSTS)


def assert_all_is_heard_once(stream: NatsStream) -> None:
    until(lambda: MonitorHit.objects.count() >= expected(POSTS) and sum(stream.backlog()) == 0)
    assert sum(stream.backlog()) == 0
    assert MonitorHit.objects.count() == expected(POSTS)
    assert MonitorHit.objects.values("uri").distinct().count() == POSTS // 4 * 3


@pytest.mark.parametrize("lease", [300.0])  # nobody dies: what one holds is never another's
def test_two_matchers_share_the_posts_and_none_is_matched_by_both(stream, server):
    put_over_time(stream, 0, lambda _: None)
    stop, counts, ready = threading.Event(), {}, threading.Barrier(2, timeout=60)

    def match(name: str) -> None:
        try:
            with closing(NatsStream([server.address])) as own:
                matching = Matching(own)
                ready.wait()  # else the first would have matched all before the other is there
                while not stop.is_set():
                    matching.turn()
                counts[name] = (matching.posts, matching.hits)
        finally:
            connection.close()

    both = [threading.Thread(target=match, args=(name,)) for name in ("one", "other")]
    for each in both:
        each.start()
    try:
        assert_all_is_heard_once(stream)
    finally:
        stop.set()
        for each in both:
            each.join(60)
    assert min(posts for posts, _ in counts.values()) > 0
    assert sum(posts for posts, _ in counts.values()) == POSTS
    assert sum(hits for _, hits in counts.values()) == expected(POSTS)


def test_killed_matchers_lose_nothing_and_count_nothing_twice(stream, server):
    with nursery("matcher", 2, KILLS, 5, within=WITHIN, listen_stream=server.address):
        put_over_time(stream, WITHIN, lambda _: None)
        assert_all_is_heard_once(stream)


def test_a_restarted_engine_loses_nothing_and_the_matchers_come_back(stream, server):
    def restart(step: int) -> None:
        if step in (10, 25):
            server.stay_away(1.0)

    with nursery("matcher", 2, 0, 5, within=0, listen_stream=server.address):
        put_over_time(stream, WITHIN, restart)
        assert_all_is_heard_once(stream)
