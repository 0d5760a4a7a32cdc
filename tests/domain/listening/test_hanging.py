"""A source that hangs is given up and opened anew; when it was not read stands with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from harken.domain.listening import sourcing
from harken.domain.listening.models import Monitor, MonitorHit
from harken.domain.listening.models_mentions import Mention
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.queries_sources import source_health
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.source_reading import keep, note_trouble
from harken.domain.listening.services.sources import WantedSource, save_source
from harken.kit import clock
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import Caught, Cursor, Gone
from harken.kit.source_kinds import SourceKind
from tests.cast import Company
from tests.domain.listening.test_sources import until

PATIENCE = 60.0  # seconds before a test gives up; nothing here waits for the clock


class Hangs:
    """Its first line says one word and then nothing; each later one brings `brings`."""

    def __init__(self) -> None:
        self.cursors: list[Cursor] = []
        self.freed = threading.Event()
        self.woke = threading.Event()
        self.brings = Caught((a_post("p2"),), "c2")
        self.shown: tuple[list[Heard], list[Gone]] | ConnectorError = ([], [])
        self.looked: list[list[str]] = []

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        self.cursors.append(cursor)
        if len(self.cursors) == 1:
            yield Caught((), "c1")
            self.freed.wait()
            self.woke.set()
            yield Caught((a_post("p1"),), "never")
        while not stop.is_set():
            yield self.brings
            stop.wait(0.02)

    def reread(self, refs: list[str]) -> tuple[list[Heard], list[Gone]]:
        self.looked.append(refs)
        if isinstance(self.shown, ConnectorError):
            raise self.shown
        return self.shown


def a_post(uri: str, text: str = "parcelo again", **more: object) -> Heard:
    values = {"network": "mastodon", "author": "mila", "sent_at": clock.now()} | more
    return Heard(uri=uri, text=text, **values)  # type: ignore[arg-type]


@pytest.fixture
def hangs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hangs]:
    """What sources of the kind loopback are, as impatient as can be."""
    source = Hangs()
    kind = SourceKind("loopback", "Loopback", "", (), lambda given, secret: source, beat=0.5)
    monkeypatch.setattr(sourcing, "source_kinds", lambda: {"loopback": kind})
    monkeypatch.setattr(sourcing, "STUCK", 0.5)
    yield source
    source.freed.set()


@pytest.fixture
def running(transactional_db: None, hangs: Hangs) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=sourcing.run, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


def a_source(company: Company) -> ListeningSource:
    wanted = WantedSource("loopback", "Hangs", {"service": "http://127.0.0.1:9"})
    return save_source(None, wanted, by=company.lena)


def uris() -> set[str]:
    return set(MonitorHit.objects.values_list("uri", flat=True))


def test_a_source_that_hangs_is_opened_anew_from_its_cursor_and_says_so(
    running: None, company: Company, hangs: Hangs, monitor: Callable[..., Monitor]
):
    monitor("parcelo")
    source = a_source(company)
    assert until(lambda: uris() == {"p2"}, PATIENCE)
    assert hangs.cursors[1] == "c1"
    source.refresh_from_db()
    assert "no sign of life for 1 s" in source.away_why
    health = source_health(source)
    assert (health.state, source.trouble) == ("listening", "")
    assert health.away
    hangs.freed.set()
    assert hangs.woke.wait(PATIENCE)
    assert until(lambda: ListeningSource.objects.get().heard > 3, PATIENCE)
    assert uris() == {"p2"}  # what the old line brought in the end was stored by nobody
    assert ListeningSource.objects.get().cursor == "c2"


def test_a_source_that_waits_as_its_network_asked_is_left_alone(
    running: None, company: Company, hangs: Hangs
):
    hangs.freed.set()
    hangs.brings = Caught((), "c2", trouble="HTTP 429", rests=3600.0)
    a_source(company)
    assert until(lambda: bool(ListeningSource.objects.get().trouble), PATIENCE)
    reader = sourcing.Reader(sourcing.Task(1, 1), lambda: None)  # type: ignore[arg-type, return-value]
    reader._patience = 1.0
    awaited = reader._awaited(iter([hangs.brings, Caught((), "c3")]))
    next(awaited)
    assert not reader.is_stuck  # what was read is being stored
    waits_until: list[float | None] = []

    def stream() -> Iterator[Caught]:
        yield hangs.brings
        waits_until.append(reader._waits_until)
        yield Caught((), "c3")

    before = clock.monotonic()
    list(reader._awaited(stream()))
    assert waits_until[0] is not None
    assert waits_until[0] >= before + 3600.0


def test_after_a_break_what_was_heard_lately_is_looked_at_again(
    running: None, company: Company, hangs: Hangs, monitor: Callable[..., Monitor]
):
    monitor("parcelo")
    hangs.freed.set()
    posts = (a_post("p1", ref="1"), a_post("p2", ref="2"), a_post("p3", ref="3"))
    hangs.brings = Caught(posts, "c2")
    a_source(company)
    assert until(lambda: uris() == {"p1", "p2", "p3"}, PATIENCE)
    changed = a_post("p2", "the bag is back", ref="2", edited=True)
    hangs.shown = ([posts[0], changed], [Gone("mastodon", ref="3")])
    hangs.brings = Caught((), "c2", trouble="broken")
    assert until(lambda: bool(ListeningSource.objects.get().trouble), PATIENCE)
    hangs.brings = Caught((), "c3")
    assert until(lambda: Mention.objects.get(uri="p3").deleted_at is not None, PATIENCE)
    assert sorted(hangs.looked[-1]) == ["1", "2", "3"]
    assert Mention.objects.get(uri="p2").text == "the bag is back"
    assert Mention.objects.get(uri="p1").deleted_at is None
    assert ListeningSource.objects.get().cursor == "c3"


def test_a_look_that_fails_stops_no_reading(
    running: None, company: Company, hangs: Hangs, monitor: Callable[..., Monitor]
):
    monitor("parcelo")
    hangs.freed.set()
    hangs.brings = Caught((a_post("p3", ref="3"),), "c2")
    hangs.shown = ConnectorError("HTTP 500")
    a_source(company)
    assert until(lambda: "p3" in uris(), PATIENCE)
    hangs.brings = Caught((), "c3", trouble="broken")
    assert until(lambda: bool(ListeningSource.objects.get().trouble), PATIENCE)
    hangs.brings = Caught((), "c4")
    assert until(lambda: hangs.looked[-1:] == [["3"]], PATIENCE)
    hangs.brings = Caught((a_post("p4"),), "c5")
    assert until(lambda: "p4" in uris(), PATIENCE)


# --- when it was not read --------------------------------------------------------------------


def read(source: ListeningSource, caught: Caught) -> ListeningSource:
    keep(source.pk, 1, caught, Ear())
    return ListeningSource.objects.get(pk=source.pk)


def an_hour_ago(source: ListeningSource) -> ListeningSource:
    ListeningSource.objects.update(last_heard_at=clock.now() - timedelta(hours=1))
    return ListeningSource.objects.get(pk=source.pk)


def test_a_break_is_kept_with_its_reason_and_both_its_times(company):
    source = read(a_source(company), Caught((), "c1"))
    assert source.away_since is None
    until_then = source.last_heard_at
    note_trouble(source.pk, 1, "the line broke")
    source = read(source, Caught((), "c2"))
    assert (source.away_since, source.away_why) == (until_then, "the line broke")
    assert source.away_until == source.last_heard_at
    assert source_health(source).away


def test_a_listener_that_was_away_is_a_break_without_a_reason(company):
    source = an_hour_ago(a_source(company))
    since = source.last_heard_at
    source = read(source, Caught((), "c1"))
    assert (source.away_since, source.away_why) == (since, "")
    again = read(source, Caught((), "c2"))
    assert (again.away_since, again.away_until) == (source.away_since, source.away_until)


def test_breaks_that_follow_each_other_closely_are_one(company):
    source = an_hour_ago(a_source(company))
    since = source.last_heard_at
    source = read(source, Caught((), "c1"))
    note_trouble(source.pk, 1, "and once more")
    source = read(source, Caught((), "c2"))
    assert (source.away_since, source.away_why) == (since, "and once more")


def test_a_break_of_the_day_before_yesterday_is_no_news(company):
    source = read(an_hour_ago(a_source(company)), Caught((), "c1"))
    long_ago = clock.now() - timedelta(days=2)
    ListeningSource.objects.update(away_since=long_ago, away_until=long_ago)
    source.refresh_from_db()
    assert not source_health(source).away
