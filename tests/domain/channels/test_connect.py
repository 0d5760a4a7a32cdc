"""Connecting accounts, against a loopback network that is really asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import Person
from harken.domain.channels.credentials import StoredSecrets
from harken.domain.channels.models import Channel, ChannelState
from harken.domain.channels.services.connect import (
    AnotherAccount,
    ConnectedAlready,
    LoginRefused,
    NoAnswer,
    connect,
    reconnect,
)
from harken.domain.channels.services.mark import mark_lost
from harken.domain.channels.services.practise import NetworkAway, send_test_post
from harken.domain.channels.services.tune import pause
from harken.domain.journal.models import Event
from harken.kit.refusals import Invalid, NotAllowed
from tests.cast import Company


@pytest.fixture
def network() -> Iterator[LoopbackNetwork]:
    with LoopbackNetwork.serve() as served:
        served.open_account(Person("harbour.example", "Harbour"), password="pass-1")
        served.open_account(Person("other.example", "Other"), password="pass-2")
        yield served


def form(network: LoopbackNetwork, **more: str) -> dict[str, str]:
    given = {"service": network.url, "handle": "@harbour.example", "password": "pass-1"}
    return given | more


def connected(company: Company, network: LoopbackNetwork) -> Channel:
    return connect(
        "loopback", form(network), brand=company.brand, team=company.service, by=company.lena
    )


def kinds() -> list[str]:
    told = Event.objects.filter(kind__startswith="Channel").order_by("id")
    return list(told.values_list("kind", flat=True))


def test_a_connected_account_is_stored_as_the_network_names_it(
    company: Company, network: LoopbackNetwork
) -> None:
    channel = connected(company, network)
    assert (channel.handle, channel.display_name) == ("harbour.example", "Harbour")
    assert channel.external_id
    assert channel.service == network.url
    assert kinds() == ["ChannelConnected"]
    login = StoredSecrets(channel.pk).load()
    assert login["password"] == "pass-1"
    assert set(login) == {"password", "token"}


def test_a_wrong_password_is_refused_in_words_and_leaves_nothing(
    company: Company, network: LoopbackNetwork
) -> None:
    before = Channel.objects.count()
    with pytest.raises(LoginRefused, match="Check the name and the password"):
        connect(
            "loopback",
            form(network, password="wrong"),
            brand=company.brand,
            team=None,
            by=company.lena,
        )
    assert Channel.objects.count() == before
    assert kinds() == []


def test_a_network_that_is_away_is_not_called_a_wrong_password(
    company: Company, network: LoopbackNetwork
) -> None:
    assert network.server is not None
    network.server.stop()
    with pytest.raises(NoAnswer, match="did not answer"):
        connected(company, network)


def test_an_account_is_connected_once(company: Company, network: LoopbackNetwork) -> None:
    connected(company, network)
    with pytest.raises(ConnectedAlready, match=r"harbour\.example is connected already"):
        connected(company, network)


@pytest.mark.parametrize("missing", ["handle", "password"])
def test_a_missing_field_is_named(company: Company, network: LoopbackNetwork, missing: str) -> None:
    with pytest.raises(Invalid, match=missing.title()):
        connect(
            "loopback",
            form(network, **{missing: " "}),
            brand=company.brand,
            team=None,
            by=company.lena,
        )


def test_a_network_nobody_built_is_refused(company: Company) -> None:
    with pytest.raises(Invalid):
        connect("pigeon", {}, brand=company.brand, team=None, by=company.lena)


def test_an_agent_connects_nothing(company: Company, network: LoopbackNetwork) -> None:
    with pytest.raises(NotAllowed):
        connect("loopback", form(network), brand=company.brand, team=None, by=company.mika)


def test_a_lost_channel_comes_back_with_its_new_password(
    company: Company, network: LoopbackNetwork
) -> None:
    channel = connected(company, network)
    mark_lost(channel, "revoked")
    network.open_account(Person("harbour.example", "Harbour"), password="pass-3")
    back = reconnect(channel, {"password": "pass-3"}, by=company.maren)
    assert (back.state, back.last_error) == (ChannelState.CONNECTED, "")
    assert StoredSecrets(channel.pk).load()["password"] == "pass-3"
    assert kinds() == ["ChannelConnected", "ChannelLost", "ChannelReconnected"]


def test_another_account_cannot_take_a_channel_over(
    company: Company, network: LoopbackNetwork
) -> None:
    channel = connected(company, network)
    with pytest.raises(AnotherAccount, match=r"belongs to other\.example"):
        reconnect(channel, {"handle": "other.example", "password": "pass-2"}, by=company.lena)
    assert StoredSecrets(channel.pk).load()["password"] == "pass-1"


def test_a_new_login_does_not_wake_a_paused_channel(
    company: Company, network: LoopbackNetwork
) -> None:
    channel = connected(company, network)
    pause(channel, by=company.lena)
    assert reconnect(channel, {"password": "pass-1"}, by=company.lena).state == ChannelState.PAUSED


def test_a_test_post_is_written_by_an_invented_customer_to_our_account(
    company: Company, network: LoopbackNetwork
) -> None:
    channel = connected(company, network)
    post = network.post(send_test_post(channel, by=company.lena))
    assert "@harbour.example" in post.text
    assert post.author.id != channel.external_id


def test_no_test_post_goes_to_a_network_of_real_people(company: Company) -> None:
    company.channel.network = "bluesky"
    with pytest.raises(Invalid, match="nobody real"):
        send_test_post(company.channel, by=company.lena)


def test_a_test_post_to_a_network_that_is_away_says_so(
    company: Company, network: LoopbackNetwork
) -> None:
    channel = connected(company, network)
    assert network.server is not None
    network.server.stop()
    with pytest.raises(NetworkAway):
        send_test_post(channel, by=company.lena)
