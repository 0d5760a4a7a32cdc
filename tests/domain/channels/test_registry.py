"""Networks are found by their folders."""

from __future__ import annotations

import pytest

from harken.domain.channels import registry
from harken.domain.channels.credentials import StoredSecrets, store_login
from harken.domain.channels.models import Channel
from harken.kit.connector import Connector
from tests.cast import Company


def test_every_network_in_the_house_is_found_by_its_name() -> None:
    found = registry.connector_classes()
    assert "loopback" in found
    for network, made in found.items():
        assert made.network == network
        assert made.__module__ == f"harken.connectors.{network}.connector"


def test_a_channel_gets_a_connector_for_its_account(company: Company) -> None:
    company.channel.listen_for = ["#meridian"]
    account = registry.account_of(company.channel)
    assert account.external_id == "acct-meridian"
    assert account.listen_for == ("#meridian",)
    assert isinstance(registry.connector_for(company.channel), Connector)


def test_a_page_counts_and_previews_without_decrypting_the_login(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_login(company.channel.pk, {"password": "secret"})
    monkeypatch.setattr(StoredSecrets, "load", lambda self: pytest.fail("decrypted"))
    pure = registry.pure_connector(company.channel)
    assert pure.length("twelve chars").used == 12
    assert "".join(span.text for span in pure.preview("hello #there")) == "hello #there"


def test_a_network_nobody_built_is_an_error_and_not_silence(company: Company) -> None:
    stranger = Channel(brand=company.brand, network="carrier-pigeon", external_id="p1")
    with pytest.raises(KeyError):
        registry.connector_for(stranger)
