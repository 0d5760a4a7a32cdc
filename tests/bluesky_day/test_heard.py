"""Who writes our hashtag and calls nobody is heard from the network's own firehose, exactly once.

The stream is the reference server's `subscribeRepos`; the process that listens dies again and
again while people write.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from harken.domain.listening.models import MonitorHit
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.listening.services.sources import WantedSource, save_source
from tests.cast import Company
from tests.faults.nursery import nursery
from tests.servers.atproto.network import AtprotoNetwork, unique
from tests.servers.atproto.people import Person

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 5  # one of so many posts carries the hashtag
SAID = "my suitcase stayed behind 🧳"


@dataclass(frozen=True)
class Size:
    """`within`: seconds over which the kills lie; `patience`: until everything must be heard."""

    posts: int
    people: int
    kills: int
    within: float
    patience: float


SHORT = Size(posts=40, people=2, kills=4, within=3, patience=120)
FULL = Size(posts=1_000, people=6, kills=20, within=25, patience=240)
SIZES = [pytest.param(SHORT, id="short"), pytest.param(FULL, id="full", marks=pytest.mark.soak)]


def until(true: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def write(people: list[Person], count: int, tag: str, tagged: list[str]) -> None:
    """`count` posts, shared out; the URIs of those with the hashtag go into `tagged`."""

    def say(who: Person, numbers: range) -> None:
        for number in numbers:
            carries = number % EACH == 0
            ref = who.post(f"{SAID} {tag if carries else tag + 'fans'} [{number:04d}]")
            if carries:
                tagged.append(ref.uri)

    threads = [
        threading.Thread(target=say, args=(who, range(place, count, len(people))))
        for place, who in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.atproto
@pytest.mark.parametrize("size", SIZES)
def test_hashtag_posts_without_a_mention_are_all_heard_once_though_the_listener_dies(
    company: Company, atproto_network: AtprotoNetwork, size: Size
):
    tag = "#" + unique("parcelo").replace("-", "")
    save_monitor(None, Wanted("Tag", "brand", tag), by=company.lena)
    address = atproto_network.pds.replace("http://", "ws://")
    wanted = WantedSource("bluesky-firehose", "Own server", {"address": address})
    source = save_source(None, wanted, by=company.lena)
    people = [atproto_network.person(unique("guest")) for _ in range(size.people)]
    tagged: list[str] = []
    with nursery("sources", 1, size.kills, 7, within=size.within):
        until(lambda: bool(ListeningSource.objects.get().cursor), 90, "the stream is open")
        before = ListeningSource.objects.get().heard
        began = time.monotonic()
        write(people, size.posts, tag, tagged)
        seconds = time.monotonic() - began
        until(
            lambda: (
                ListeningSource.objects.get().heard >= before + size.posts
                and time.monotonic() > began + size.within
            ),
            size.patience,
            "all posts are read",
        )
        time.sleep(1)  # what came twice would come now
    source.refresh_from_db()
    hits = list(MonitorHit.objects.values_list("uri", flat=True))
    sys.stdout.write(
        f"\nheard: {size.posts} posts at the reference network in {seconds:.0f} s, "
        f"{source.heard - before} read, {len(tagged)} with the hashtag and no mention, "
        f"{len(hits)} hits, {size.kills} kills\n"
    )
    assert source.heard == before + size.posts
    assert sorted(hits) == sorted(tagged)
    assert len(tagged) == size.posts // EACH
