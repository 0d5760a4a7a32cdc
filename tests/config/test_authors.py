"""Whom the worker asks for the authors of a network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from harken.config.authors import who_knows
from harken.config.settings import get_settings
from harken.connectors.bluesky import BlueskyConnector
from harken.connectors.jetstream.authors import AppView
from harken.domain.channels.models import Channel, ChannelState
from harken.domain.listening.models_authors import HeardAuthor
from harken.domain.listening.naming import turn
from harken.domain.listening.services.sources import (
    WantedSource,
    retire_source,
    save_source,
    switch_source,
)
from harken.kit import clock
from tests.servers.site import Answer, site

pytestmark = pytest.mark.django_db


def doors() -> list[type]:
    return [type(each) for each in who_knows("bluesky")]


def test_without_a_source_or_an_account_there_is_nobody_to_ask(company):
    assert doors() == []
    assert who_knows("loopback") == []


def test_the_sources_doors_come_before_our_accounts(company):
    stream = save_source(None, WantedSource("jetstream", "All", {}), by=company.lena)
    own = {"address": "wss://pds.example"}
    save_source(None, WantedSource("bluesky-firehose", "Own", own), by=company.lena)
    channel = Channel.objects.create(
        network="bluesky", external_id="did:plc:us", handle="us.example", brand=company.brand
    )
    assert doors() == [AppView, BlueskyConnector]
    switch_source(stream, on=False, by=company.lena)
    assert doors() == [BlueskyConnector]
    channel.state = ChannelState.NEEDS_LOGIN
    channel.save()
    assert doors() == []


def test_a_door_is_made_once_for_the_same_settings(company):
    stream = save_source(None, WantedSource("jetstream", "All", {}), by=company.lena)
    (first,), (second,) = who_knows("bluesky"), who_knows("bluesky")
    assert first is second
    other = {"appview": "https://names.example"}
    save_source(stream, WantedSource("jetstream", "All", other), by=company.lena)
    (third,) = who_knows("bluesky")
    assert third is not first
    retire_source(stream, by=company.lena)
    assert doors() == []


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    def given(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"HARKEN_{name.upper()}", value)
        get_settings.cache_clear()

    yield given
    monkeypatch.undo()
    get_settings.cache_clear()


def test_who_was_gathered_into_a_stream_is_asked_for_without_an_account(company, settings_of):
    settings_of(listen_stream="nats://127.0.0.1:4222/harken")
    assert doors() == [AppView]
    assert who_knows("mastodon") == []
    Channel.objects.create(
        network="bluesky", external_id="did:plc:us", handle="us.example", brand=company.brand
    )
    assert doors() == [BlueskyConnector, AppView]
    save_source(None, WantedSource("jetstream", "All", {}), by=company.lena)
    assert doors() == [AppView, BlueskyConnector]  # the source's own door


def test_authors_of_an_own_server_are_asked_for_nowhere_else(company, settings_of):
    settings_of(listen_stream="nats://127.0.0.1:4222/harken")
    own = {"address": "wss://pds.example"}
    save_source(None, WantedSource("bluesky-firehose", "Own", own), by=company.lena)
    assert doors() == []


def test_who_wants_nobody_asked_says_so(settings_of):
    settings_of(listen_stream="nats://127.0.0.1:4222/harken", gather_appview="")
    assert doors() == []


def test_a_door_that_is_out_of_reach_only_leaves_authors_without_names(
    db, settings_of, loopback_allowed
):
    settings_of(listen_stream="nats://127.0.0.1:4222/harken", gather_appview="http://127.0.0.1:1")
    HeardAuthor.objects.create(network="bluesky", account="did:plc:a", next_at=clock.now())
    assert turn(who_knows)
    author = HeardAuthor.objects.get()
    assert (author.tries, author.handle) == (1, "")
    assert author.next_at is not None
    assert author.next_at > clock.now()


def test_who_was_gathered_gets_a_name(db, settings_of, loopback_allowed):
    profiles = [{"did": "did:plc:a", "handle": "mila.example", "followersCount": 7}]
    with site() as server:
        server.answer = lambda path, headers: Answer(json.dumps({"profiles": profiles}).encode())
        settings_of(listen_stream="nats://127.0.0.1:4222/harken", gather_appview=f"{server.url}/")
        HeardAuthor.objects.create(network="bluesky", account="did:plc:a", next_at=clock.now())
        assert turn(who_knows)
    author = HeardAuthor.objects.get()
    assert (author.handle, author.followers, author.next_at) == ("mila.example", 7, None)
