"""Sources in the list: who may change them, what a change does, and what is stored of a reading."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import NewPost, Person
from harken.domain.channels.sources import source_kinds
from harken.domain.journal.models import Event
from harken.domain.listening import sourcing
from harken.domain.listening.models import Monitor, MonitorHit
from harken.domain.listening.models_sources import ListeningSource, SourceCount, SourceSecret
from harken.domain.listening.queries_sources import source_health, sources_health
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.source_reading import (
    Changed,
    keep,
    note_trouble,
    stop_for_good,
)
from harken.domain.listening.services.sources import (
    WantedSource,
    restore_source,
    retire_source,
    save_source,
    switch_source,
)
from harken.domain.notifications.models import Notification
from harken.kit import clock
from harken.kit.heard import Heard
from harken.kit.refusals import Invalid, NotAllowed
from harken.kit.source import Caught
from tests.cast import Company

HASHTAG = {"server": "mastodon.example", "tag": "#parcelo"}


def hashtag(company: Company, **more: str) -> ListeningSource:
    wanted = WantedSource("mastodon-hashtag", "Tag", HASHTAG | more)
    return save_source(None, wanted, by=company.lena)


def heard(uri: str, text: str = "parcelo again", **more: object) -> Heard:
    values = {"network": "mastodon", "author": "mila", "sent_at": clock.now()}
    return Heard(uri=uri, text=text, **(values | more))  # type: ignore[arg-type]


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


# --- the kinds -------------------------------------------------------------------------------


def test_every_kind_can_be_made_of_what_its_form_asks_for():
    typed = {
        "url": "https://a.example/rss",
        "server": "a.example",
        "tag": "a",
        "service": "a.example",
    }
    typed |= {"search": "a", "address": "wss://a.example", "handle": "a.example", "words": "a"}
    kinds = source_kinds()
    assert set(kinds) == {
        *("jetstream", "bluesky-firehose", "bluesky-search", "mastodon-hashtag", "mastodon-search"),
        *("feed", "hackernews", "loopback", "mastodon-public"),
    }
    for name, kind in kinds.items():
        assert kind.kind == name
        assert kind.make(kind.filled(typed), "")


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("mastodon-hashtag", {"server": "a.example", "tag": "two words"}, "one word"),
        ("mastodon-hashtag", {"server": "", "tag": "a"}, "Server is missing"),
        ("feed", {"url": "ftp://a.example/feed"}, "write an address"),
        ("feed", {"url": "https://me:secret@a.example/feed"}, "leave name and password out"),
        ("feed", {"url": "https://a.example/\nfeed"}, "on one line"),
        ("feed", {"url": "https://a.example:99999/feed"}, "write an address"),
        ("feed", {"url": "https://a.example/rss", "comments": "maybe"}, "choose one"),
        ("jetstream", {"address": "https://a.example"}, "such as wss://"),
        ("nothing", {}, "Choose one of the kinds"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_write(company, kind, values, said):
    with pytest.raises(Invalid, match=said):
        save_source(None, WantedSource(kind, "Any", values), by=company.lena)
    assert not ListeningSource.objects.exists()


# --- the list --------------------------------------------------------------------------------


def test_only_leads_and_managers_change_sources(company):
    source = hashtag(company)
    for person in (company.mika, company.elif_, company.vic):
        with pytest.raises(NotAllowed):
            save_source(source, WantedSource(source.kind, "Mine", HASHTAG), by=person)
        with pytest.raises(NotAllowed):
            switch_source(source, on=False, by=person)
        with pytest.raises(NotAllowed):
            retire_source(source, by=person)
        with pytest.raises(NotAllowed):
            restore_source(source, by=person)
    source.refresh_from_db()
    assert (source.name, source.number) == ("Tag", 1)


def test_another_hashtag_begins_anew_and_another_name_goes_on(company):
    source = hashtag(company)
    ListeningSource.objects.update(cursor="far")
    named = save_source(source, WantedSource(source.kind, "Named", HASHTAG), by=company.maren)
    assert (named.cursor, named.number) == ("far", 2)
    wanted = WantedSource(source.kind, "Named", HASHTAG | {"tag": "other"})
    assert save_source(source, wanted, by=company.maren).cursor == ""
    saved = Event.objects.filter(kind="SourceSaved").order_by("id")
    assert list(saved.values_list("data__number", flat=True)) == [1, 2, 3]


def test_a_token_is_stored_encrypted_kept_when_nothing_is_typed_and_forgotten_on_demand(company):
    source = hashtag(company, token="sesame-1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM listening_sourcesecret")
        (stored,) = cursor.fetchone()
    assert "sesame" not in stored
    assert SourceSecret.objects.get().secret == "sesame-1"
    assert "token" not in source.settings
    save_source(source, WantedSource(source.kind, "Tag", HASHTAG), by=company.lena)
    assert SourceSecret.objects.get().secret == "sesame-1"
    forgets = WantedSource(source.kind, "Tag", HASHTAG, forgets=True)
    save_source(source, forgets, by=company.lena)
    assert not SourceSecret.objects.exists()
    assert "sesame" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_token_that_must_be_is_asked_for_and_nothing_half_is_stored(company):
    wanted = WantedSource("mastodon-search", "Search", {"server": "a.example", "words": "bag"})
    with pytest.raises(Invalid, match="Access token is missing"):
        save_source(None, wanted, by=company.lena)
    assert not ListeningSource.objects.exists()
    assert not Event.objects.filter(kind="SourceSaved").exists()


def test_the_same_stream_is_not_read_twice(company):
    source = hashtag(company)
    with pytest.raises(Invalid, match="“Tag” reads this already"):
        save_source(None, WantedSource(source.kind, "Again", HASHTAG), by=company.lena)
    retire_source(source, by=company.lena)
    save_source(None, WantedSource(source.kind, "Again", HASHTAG), by=company.lena)
    with pytest.raises(Invalid, match="“Again” reads this already"):
        restore_source(source, by=company.lena)


def test_what_was_taken_out_comes_back_where_it_was(company):
    source = hashtag(company)
    ListeningSource.objects.update(cursor="far")
    retire_source(source, by=company.lena)
    assert sources_health() == []
    back = restore_source(source, by=company.lena)
    assert (back.cursor, back.retired_at) == ("far", None)
    assert [each.source.pk for each in sources_health()] == [source.pk]
    retired = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert retired[-2:] == ["SourceRetired", "SourceRestored"]


# --- what is stored of a reading -------------------------------------------------------------


def ear() -> Ear:
    made = Ear()
    made.refresh()
    return made


def test_posts_cursor_and_counts_are_stored_together(company, monitor):
    monitor("parcelo")
    source = hashtag(company)
    posts = (heard("m:1"), heard("m:2", "nothing of interest"))
    assert keep(source.pk, 1, Caught(posts, "c1"), ear()) == 1
    source.refresh_from_db()
    assert (source.cursor, source.heard, source.hits) == ("c1", 2, 1)
    assert source.last_heard_at is not None
    health = source_health(source)
    assert (health.state, health.hour, health.day, health.hits) == ("listening", 2, 2, 1)
    keep(source.pk, 1, Caught((heard("m:3"),), "c2"), ear())
    assert SourceCount.objects.count() in {1, 2}
    assert source_health(source).hour == 3


@pytest.mark.parametrize("change", ["paused", "changed", "retired", "stopped"])
def test_a_reader_that_was_not_told_stores_nothing(company, monitor, change):
    monitor("parcelo")
    source = hashtag(company)
    if change == "paused":
        switch_source(source, on=False, by=company.lena)
    elif change == "changed":
        save_source(source, WantedSource(source.kind, "Other", HASHTAG), by=company.lena)
    elif change == "retired":
        retire_source(source, by=company.lena)
    else:
        stop_for_good(source.pk, 1, "401")
    with pytest.raises(Changed):
        keep(source.pk, 1, Caught((heard("m:1"),), "c1"), ear())
    assert not MonitorHit.objects.exists()
    source.refresh_from_db()
    assert (source.cursor, source.heard) == ("", 0)


def test_a_post_no_table_can_hold_does_not_stop_the_others(company, monitor):
    monitor("parcelo")
    source = hashtag(company)
    posts = (heard("m:1"), heard("m:" + "2" * 500), heard("m:3"))
    keep(source.pk, 1, Caught(posts, "c1"), ear())
    assert set(MonitorHit.objects.values_list("uri", flat=True)) == {"m:1", "m:3"}
    source.refresh_from_db()
    assert source.cursor == "c1"


def test_what_our_own_accounts_write_is_not_heard(company, monitor):
    monitor("parcelo")
    source = hashtag(company)
    ours = heard("l:1", network="loopback", author="Meridian.example")
    theirs = heard("l:2", network="loopback", author="amara.example")
    keep(source.pk, 1, Caught((ours, theirs), "c1"), ear())
    assert list(MonitorHit.objects.values_list("uri", flat=True)) == ["l:2"]


def test_trouble_is_shown_since_it_began_until_a_reading_works(company):
    source = hashtag(company)
    note_trouble(source.pk, 1, "no answer")
    source.refresh_from_db()
    since = source.trouble_since
    keep(source.pk, 1, Caught((), "", trouble="still no answer"), ear())
    source.refresh_from_db()
    assert (source.trouble, source.trouble_since) == ("still no answer", since)
    assert source_health(source).state == "failing"
    keep(source.pk, 1, Caught((), "c1"), ear())
    source.refresh_from_db()
    assert (source.trouble, source.trouble_since) == ("", None)
    assert source_health(source).state == "listening"


def test_a_source_that_was_refused_says_what_to_do_and_is_tried_again_by_a_person(company):
    source = hashtag(company)
    stop_for_good(source.pk, 1, "HTTP 401")
    source.refresh_from_db()
    health = source_health(source)
    assert health.state == "stopped"
    assert "access token" in health.advice
    assert Event.objects.get(kind="SourceStopped").data["error"] == "HTTP 401"
    told = Notification.objects.filter(kind="source_stopped")
    assert set(told.values_list("person__username", flat=True)) == {"lena", "maren"}
    assert told[0].text == "The source Tag was refused"
    again = switch_source(source, on=True, by=company.lena)
    assert (again.stopped_at, again.trouble, again.number) == (None, "", 2)


# --- the runner ------------------------------------------------------------------------------


@pytest.fixture
def network() -> Iterator[LoopbackNetwork]:
    with LoopbackNetwork.serve() as served:
        yield served


@pytest.fixture
def running(transactional_db: None) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=sourcing.run, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(60)
    assert not thread.is_alive()


def firehose(company: Company, network: LoopbackNetwork, name: str = "Loopback") -> ListeningSource:
    wanted = WantedSource("loopback", name, {"service": network.url})
    return save_source(None, wanted, by=company.lena)


def write(network: LoopbackNetwork, text: str) -> str:
    return network.write(network.person(Person("amara.example")), NewPost(text)).id


def uris() -> set[str]:
    return set(MonitorHit.objects.values_list("uri", flat=True))


def test_a_source_is_read_paused_and_read_on_soon_after_the_change(
    running: None, company: Company, network: LoopbackNetwork, monitor: Callable[..., Monitor]
):
    assert sourcing.LOOK < 1.0  # seconds; how long a look takes is the machine's
    monitor("#parcelo")
    source = firehose(company, network)
    assert until(lambda: bool(ListeningSource.objects.get().cursor))
    first = write(network, "my bag is gone #parcelo")
    write(network, "something else")
    assert until(lambda: uris() == {first})
    switch_source(source, on=False, by=company.lena)
    second = write(network, "and nobody answers #parcelo")
    time.sleep(1.0)
    assert uris() == {first}
    switch_source(source, on=True, by=company.lena)
    assert until(lambda: uris() == {first, second})
    source.refresh_from_db()
    assert (source.heard, source.hits) == (3, 2)


def test_an_outage_is_shown_and_what_was_written_meanwhile_is_read(
    running: None, company: Company, network: LoopbackNetwork, monitor: Callable[..., Monitor]
):
    monitor("parcelo")
    source = firehose(company, network)
    assert until(lambda: bool(ListeningSource.objects.get().cursor))
    network.faults.set(outage=True)
    assert until(lambda: bool(ListeningSource.objects.get().trouble))
    missed = write(network, "parcelo is late")
    network.faults.set(outage=False)
    assert until(lambda: uris() == {missed})
    assert until(lambda: not ListeningSource.objects.get(pk=source.pk).trouble)


def test_a_refusal_for_good_stops_the_source_until_it_is_changed(
    running: None, company: Company, network: LoopbackNetwork, monitor: Callable[..., Monitor]
):
    monitor("parcelo")
    wanted = WantedSource("loopback", "Away", {"service": "http://10.0.0.1:7000"})
    source = save_source(None, wanted, by=company.lena)
    assert until(lambda: ListeningSource.objects.get().stopped_at is not None)
    assert "HARKEN_PRIVATE_HOSTS" in source_health(ListeningSource.objects.get()).advice
    wanted = WantedSource("loopback", "Here", {"service": network.url})
    save_source(source, wanted, by=company.lena)
    assert until(lambda: bool(ListeningSource.objects.get().cursor))
    found = write(network, "parcelo")
    assert until(lambda: uris() == {found})


def test_two_processes_share_the_sources_and_each_post_is_read_once(
    running: None, company: Company, network: LoopbackNetwork, monitor: Callable[..., Monitor]
):
    monitor("parcelo")
    stop = threading.Event()
    other = threading.Thread(target=sourcing.run, args=(stop,))
    other.start()
    source = firehose(company, network)
    assert until(lambda: bool(ListeningSource.objects.get().cursor))
    written = {write(network, f"parcelo {n}") for n in range(40)}
    assert until(lambda: uris() == written)
    stop.set()
    other.join(60)
    later = write(network, "parcelo once more")
    assert until(lambda: later in uris())
    source.refresh_from_db()
    assert source.heard == 41
