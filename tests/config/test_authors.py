"""Whom the worker asks for the authors of a network."""

from __future__ import annotations

import pytest

from harken.config.authors import who_knows
from harken.connectors.bluesky import BlueskyConnector
from harken.connectors.jetstream.authors import AppView
from harken.domain.channels.models import Channel, ChannelState
from harken.domain.listening.services.sources import (
    WantedSource,
    retire_source,
    save_source,
    switch_source,
)

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
