"""A matcher and its stream: what is done is committed, what cannot be comes again or is said."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, transaction
from msgspec.structs import replace

from harken.domain.channels.models import Channel, ProcessBeat
from harken.domain.listening.matcher.anchors import Anchor
from harken.domain.listening.models import Monitor, MonitorHit
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.queries_sources import sources_health, way_of_posts
from harken.domain.listening.services.hear import FIRST, SAMPLE, Ear
from harken.domain.listening.services.matched import begin_way, note_matched
from harken.domain.listening.services.monitors import Wanted, save_monitor, switch_monitor
from harken.domain.listening.services.sources import WantedSource, save_source
from harken.domain.listening.stored import Post
from harken.domain.listening.streaming import Matching, run
from harken.domain.listening.watching import heard_up_to
from harken.kit import clock
from harken.kit.heard import Heard
from harken.kit.stream import Backlog, StreamAway, Taken, encode
from tests.domain.listening.talk import HOUR, all_is_heard

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)
Save = Callable[..., Monitor]


class Shelf:
    """A stream of one process: lists of what waits, is in hand, done and discarded."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []
        self.in_hand: list[bytes] = []
        self.finished: list[bytes] = []
        self.discarded: list[bytes] = []
        self.is_away = False
        self.at_done: list[int] = []

    def write(self, *posts: Heard | bytes) -> None:
        self.waiting += [post if isinstance(post, bytes) else encode(post) for post in posts]

    def take(self, most: int, patience: float) -> Sequence[Taken]:
        if self.is_away:
            raise StreamAway("no answer")
        self.in_hand, self.waiting = self.waiting[:most], self.waiting[most:]
        return [Taken(raw, None) for raw in self.in_hand]

    def done(self, taken: Sequence[Taken]) -> None:
        if self.is_away:
            raise StreamAway("no answer")
        assert connection.get_autocommit()  # nothing is said before the commit
        self.at_done.append(MonitorHit.objects.count())
        self.finished += [each.raw for each in taken]

    def again(self, taken: Sequence[Taken]) -> None:
        self.waiting += [each.raw for each in taken]

    def discard(self, taken: Taken) -> None:
        self.discarded.append(taken.raw)

    def put(self, posts: Sequence[Heard]) -> None:
        self.write(*posts)

    def cursor(self, source: str) -> str | None:
        return None

    def keep_cursor(self, source: str, cursor: str) -> None:
        raise StreamAway("it keeps no cursors")

    def backlog(self) -> Backlog:
        return Backlog(len(self.waiting), len(self.in_hand))

    def dealt_until(self) -> datetime:
        return clock.now() if not self.waiting else NOON

    def close(self) -> None:
        self.waiting += self.in_hand


def post(number: int | str, text: str = "meridian is late") -> Heard:
    return Heard(
        network="bluesky", uri=f"at://mila/{number}", author="mila", text=text, sent_at=NOON
    )


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def heard() -> list[str]:
    return sorted(MonitorHit.objects.values_list("uri", flat=True))


def test_posts_of_the_stream_are_heard_and_done_only_when_that_is_committed(shelf, monitor: Save):
    ours = monitor("meridian")
    shelf.write(post(1), post(2, "nothing of it"), post(3))
    matching = Matching(shelf)
    assert matching.turn() == 3
    assert heard() == ["at://mila/1", "at://mila/3"]
    assert set(MonitorHit.objects.values_list("monitor", flat=True)) == {ours.pk}
    assert (shelf.at_done, len(shelf.finished)) == ([2], 3)
    assert (matching.posts, matching.hits, matching.discarded) == (3, 2, 0)


def test_a_post_that_comes_twice_counts_once(shelf, monitor: Save):
    monitor("meridian")
    shelf.write(post(1), post(1))
    Matching(shelf).turn()
    shelf.write(post(1))
    Matching(shelf).turn()  # another process, which knows nothing of the first
    assert heard() == ["at://mila/1"]
    assert len(shelf.finished) == 3


def test_hits_count_with_the_source_that_put_the_post_there(shelf, company, monitor: Save):
    monitor("meridian")
    form = {"server": "a.example", "tag": "meridian"}
    one, other = (
        save_source(
            None, WantedSource("mastodon-hashtag", name, form | {"tag": name}), by=company.lena
        )
        for name in ("one", "other")
    )
    came = [post(1), post(2), post(2), post(3), post(4, "nothing of it"), post(5)]
    of = [one.pk, one.pk, other.pk, other.pk, other.pk, 4_000_000]  # the last: of another Harken
    shelf.write(*(replace(each, source=pk) for each, pk in zip(came, of, strict=True)))
    matching = Matching(shelf)
    matching.turn()
    assert (matching.hits, shelf.discarded, len(shelf.finished)) == (4, [], 6)
    told = {each.source.pk: (each.source.hits, each.hits) for each in sources_health()}
    assert told == {one.pk: (2, 2), other.pk: (1, 1)}


def test_storms_wait_for_what_lies_in_the_stream(shelf, company, monitor: Save):
    all_is_heard()
    read_at = Channel.objects.get().last_heard_at or NOON
    Channel.objects.update(last_heard_at=None)
    source = WantedSource("mastodon-hashtag", "Tag", {"server": "a.example", "tag": "meridian"})
    save_source(None, source, by=company.lena)
    ListeningSource.objects.update(last_heard_at=read_at)
    assert heard_up_to() == read_at
    begin_way(by_stream=True)
    ProcessBeat.objects.update(at=read_at - HOUR)
    assert heard_up_to() == read_at - HOUR
    note_matched(read_at - 2 * HOUR)  # a matcher that looked earlier
    assert heard_up_to() == read_at - HOUR
    note_matched(read_at - HOUR / 2)
    assert heard_up_to() == read_at - HOUR / 2
    note_matched(clock.now())
    assert heard_up_to() == read_at
    ProcessBeat.objects.update(at=read_at - HOUR)
    begin_way(by_stream=False)
    assert heard_up_to() == read_at


def test_a_matcher_says_that_it_lives_and_how_far_the_stream_is_matched(shelf):
    begin_way(by_stream=True)
    begun = clock.now()
    stop = threading.Event()
    matcher = threading.Thread(target=run, args=(shelf, stop))
    matcher.start()
    deadline = time.monotonic() + 60
    while not way_of_posts().matchers and time.monotonic() < deadline:
        time.sleep(0.02)
    way = way_of_posts()
    stop.set()
    matcher.join(60)
    assert way.matchers == 1
    assert way.until is not None
    assert way.until > begun
    assert not way.behind
    assert way_of_posts().matchers == 0


def test_what_nobody_can_read_is_discarded_and_said_and_stops_nothing(shelf, monitor: Save, caplog):
    monitor("meridian")
    broken = (b"\xff\xfe", b"{}", encode(post(9)).replace(b"Z", b""), b'{"uri": "' + b"x" * 99)
    shelf.write(post(1), *broken, post(2))
    matching = Matching(shelf)
    with caplog.at_level(logging.ERROR):
        matching.turn()
    assert shelf.discarded == list(broken)
    assert heard() == ["at://mila/1", "at://mila/2"]
    assert matching.discarded == 4
    assert "(4 so far)" in caplog.text


def test_what_the_database_cannot_hold_is_discarded_alone(shelf, monitor: Save):
    monitor("meridian")
    shelf.write(post(1), post("a\x00b"), post("x" * 500), post(2))
    matching = Matching(shelf)
    matching.turn()
    assert heard() == ["at://mila/1", "at://mila/2"]
    assert (len(shelf.discarded), len(shelf.finished), matching.posts) == (2, 2, 2)


def test_a_lost_database_gives_the_posts_back(shelf, monitor: Save, monkeypatch):
    monitor("meridian")
    shelf.write(post(1))
    matching = Matching(shelf)
    real = matching._ear.hear
    monkeypatch.setattr(matching._ear, "hear", lambda posts: (_ for _ in ()).throw(LOST))
    with pytest.raises(OperationalError):
        matching.turn()
    assert (len(shelf.waiting), shelf.finished, shelf.discarded) == (1, [], [])
    monkeypatch.setattr(matching._ear, "hear", real)
    matching.turn()
    assert heard() == ["at://mila/1"]


LOST = OperationalError("the connection is lost")


def test_a_stream_that_goes_away_after_the_commit_changes_nothing(shelf, monitor: Save):
    monitor("meridian")
    shelf.write(post(1))
    matching = Matching(shelf)
    take: Callable[[int, float], Sequence[Taken]] = shelf.take

    def take_and_vanish(most: int, patience: float) -> Sequence[Taken]:
        taken = take(most, patience)
        shelf.is_away = True
        return taken

    shelf.take = take_and_vanish
    with pytest.raises(StreamAway):
        matching.turn()
    shelf.is_away, shelf.take = False, take
    shelf.write(post(1))  # the engine brings it again: nobody said that it was done
    matching.turn()
    assert heard() == ["at://mila/1"]


def test_a_changed_monitor_counts_from_the_next_batch_on(shelf, monitor: Save, company):
    ours = monitor("meridian")
    matching = Matching(shelf)
    shelf.write(post(1))
    matching.turn()
    save_monitor(ours, Wanted("us", "brand", "larkair"), by=company.lena)
    shelf.write(post(2), post(3, "larkair too"))
    matching.turn()
    switch_monitor(ours, on=False, by=company.lena)
    shelf.write(post(4, "larkair"))
    matching.turn()
    found = sorted(MonitorHit.objects.values_list("uri", "number"))
    assert found == [("at://mila/1", 1), ("at://mila/3", 2)]


def test_soon_a_matcher_looks_for_the_rare_word_of_a_query_and_not_for_the_long_one(
    monitor: Save,
):
    ours = monitor("kea AND delivered")
    ear = Ear()
    ear.refresh()
    posts = [Post(post(number, "delivered at last")) for number in range(SAMPLE * FIRST)]
    assert ear._matcher._monitors[ours.pk].cover == {Anchor("word", "delivered")}
    with transaction.atomic():
        ear.hear(posts)
        assert ear._matcher._monitors[ours.pk].cover == {Anchor("word", "kea")}
        assert ear.hear([Post(post(-1, "a kea delivered it"))]) == 1


def test_the_loop_sits_out_what_is_away_and_ends_when_told(shelf, monitor: Save, caplog):
    monitor("meridian")
    shelf.is_away = True
    stop = threading.Event()
    looping = threading.Thread(target=run, args=(shelf, stop))
    with caplog.at_level(logging.INFO):
        looping.start()
        stop.wait(0.3)
        shelf.write(post(1), b"broken")
        shelf.is_away = False
        for _ in range(600):
            if shelf.finished:
                break
            stop.wait(0.1)
        stop.set()
        looping.join(60)
    assert not looping.is_alive()
    assert heard() == ["at://mila/1"]
    assert "matching waits: no answer" in caplog.text
    assert "posts matched: 1; hits: 1; discarded: 1" in caplog.text
