"""From when the promise to a mention counts that a rule takes into the inbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
import pytest

from harken.connectors.loopback import parse
from harken.connectors.loopback.wire import Event as Told
from harken.connectors.loopback.wire import Face
from harken.connectors.loopback.wire import Post as Written
from harken.domain.conversations.models import Conversation
from harken.domain.listening import taking
from harken.domain.listening.models_mentions import Mention
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.source_reading import dated, keep, note_trouble
from harken.domain.listening.services.sources import WantedSource, save_source
from harken.domain.sla.models import AppliedSLA, SLAEvent
from harken.domain.sla.reactions import reconsider_promises
from harken.kit import clock
from harken.kit.connector import Inbound
from harken.kit.heard import Heard
from harken.kit.source import Caught
from tests.cast import Company

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Network:
    """A network that shows every post it is asked for, written `at`."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def look_up(self, uri: str) -> bytes:
        face = Face("acct-zora", "zora.example", "Zora Lind")
        post = Written(uri, face, "Meridian, my bag is gone", at=self.at, root=uri)
        return msgspec.json.encode(Told(0, "post", post, "search"))

    def parse(self, raw: bytes) -> list[Inbound]:
        return parse.parse(raw, "acct-meridian", "http://127.0.0.1:9")

    def __call__(self, channel: object) -> Network:
        return self


@pytest.fixture
def source(company: Company, monitor: Callable[..., object]) -> ListeningSource:
    """One that was read until this moment; what it brings of us comes into the inbox at once."""
    monitor("meridian", team=company.service, at_once=True)
    wanted = WantedSource("loopback", "All", {"service": "http://127.0.0.1:9"})
    saved = save_source(None, wanted, by=company.lena)
    ListeningSource.objects.update(last_heard_at=clock.now())
    return saved


def read(source: ListeningSource, at: datetime, uri: str = "p1") -> Mention:
    ear = Ear()
    ear.refresh()
    text = "Meridian, my bag is gone"
    post = Heard(network="loopback", uri=uri, author="zora.example", text=text, sent_at=at)
    caught = Caught((post,), "c")
    keep(source.pk, 1, dated(source.pk, caught), ear)
    return Mention.objects.get(uri=uri)


def taken(at: datetime) -> Conversation:
    assert taking.turn(Network(at))  # type: ignore[arg-type]
    return Conversation.objects.get()


def test_a_post_heard_as_it_is_written_counts_since_then(source):
    at = clock.now() - timedelta(seconds=20)
    assert read(source, at).counts_from is None
    conversation = taken(at)
    assert (
        AppliedSLA.objects.filter(conversation=conversation)
        .values_list("started_at", flat=True)
        .first()
        == conversation.waiting_since
    )
    assert not SLAEvent.objects.exists()


def test_an_old_post_the_network_gives_only_now_rings_no_alarm_as_it_is_taken(source):
    at = clock.now() - 30 * HOUR
    since = read(source, at).counts_from
    assert since is not None
    conversation = taken(at)
    clocks = AppliedSLA.objects.filter(conversation=conversation)
    assert clocks
    for each in clocks:
        assert each.started_at == each.runs_since == since
        assert each.due_at == since + timedelta(seconds=each.target)
        assert (each.state, each.alarmed_at) == ("pending", None)
        assert each.alarm_at is not None
        assert each.alarm_at > since
    first = clocks.get(metric="first_response")
    assert conversation.due_at == first.due_at
    # How long its author has waited is told as it is.
    assert conversation.waiting_since == at


def test_another_promise_keeps_that_start(company, source):
    at = clock.now() - 30 * HOUR
    mention = read(source, at)
    conversation = taken(at)
    reconsider_promises([conversation.pk])
    started = AppliedSLA.objects.filter(conversation=conversation, ended_at=None)
    assert set(started.values_list("started_at", flat=True)) == {mention.counts_from}


def test_a_post_of_the_time_we_did_not_read_counts_since_it_was_written(source):
    ListeningSource.objects.update(last_heard_at=clock.now() - 3 * HOUR)
    at = clock.now() - 2 * HOUR
    assert read(source, at).counts_from is None
    conversation = taken(at)
    assert conversation.due_at is not None
    assert conversation.due_at < clock.now()
    assert conversation.waiting_since == at


def test_an_outage_that_is_read_page_by_page_counts_on_every_page(source):
    ListeningSource.objects.update(last_heard_at=clock.now() - 3 * HOUR)
    note_trouble(source.pk, 1, "no answer")
    start = clock.now() - 170 * MINUTE
    pages = [read(source, start + page * 50 * MINUTE, f"p{page}") for page in range(4)]
    assert [each.counts_from for each in pages] == [None] * 4
    before_it = read(source, clock.now() - 5 * HOUR, "p9")
    assert before_it.counts_from is not None


def test_what_a_feed_lists_when_it_is_first_read_counts_from_then(source):
    ListeningSource.objects.update(last_heard_at=None)
    before = clock.now()
    since = read(source, before - 72 * HOUR).counts_from
    assert since is not None
    assert since >= before


def test_a_post_between_two_looks_counts_since_it_was_written(company, source):
    feed = WantedSource("feed", "News", {"url": "https://news.example/rss"})
    slow = save_source(None, feed, by=company.lena)
    ListeningSource.objects.filter(pk=slow.pk).update(last_heard_at=clock.now())
    assert read(slow, clock.now() - 10 * MINUTE).counts_from is None
    assert read(slow, clock.now() - 20 * MINUTE, "p2").counts_from is not None
