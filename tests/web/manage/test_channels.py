"""The channels pages: what each role sees, what a form answers, what is never shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import NewPost, Person
from harken.domain.channels.models import Channel, Quarantined, QuarantineState
from harken.domain.channels.services.connect import connect
from harken.domain.channels.services.mark import mark_failing
from harken.domain.conversations.models import Message
from harken.domain.people.models import User
from tests.cast import Company


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def network() -> Iterator[LoopbackNetwork]:
    with LoopbackNetwork.serve() as served:
        served.open_account(Person("harbour.example", "Harbour"), password="pass-word-1")
        yield served


@pytest.fixture
def lead(company: Company) -> Client:
    return as_(company.lena)


def connected(company: Company, network: LoopbackNetwork) -> Channel:
    return connect(
        "loopback",
        {"service": network.url, "handle": "harbour.example", "password": "pass-word-1"},
        brand=company.brand,
        team=None,
        by=company.lena,
    )


def test_an_agent_sees_health_and_no_form(company: Company) -> None:
    mark_failing(company.channel, "no <route>")
    page = as_(company.mika).get(reverse("manage:channels")).content.decode()
    assert "Not answering" in page
    assert "no &lt;route&gt;" in page
    main = page[page.index("<main") : page.index("</main")]
    assert "<form" not in main
    assert "Connect a network" not in main


def test_the_figures_of_a_card_can_be_asked_for_alone(company: Company) -> None:
    page = as_(company.vic).get(reverse("manage:health", args=[company.channel.pk]))
    text = page.content.decode()
    assert "Last heard" in text
    assert "<html" not in text


def test_a_lead_connects_a_network_with_the_form_its_connector_asks_for(
    company: Company, lead: Client, network: LoopbackNetwork
) -> None:
    form = lead.get(reverse("manage:fill_in", args=["loopback"])).content.decode()
    for name in ("service", "handle", "password"):
        assert f'name="{name}"' in form
    values = {
        "service": network.url,
        "handle": "harbour.example",
        "password": "pass-word-1",
        "brand": str(company.brand.pk),
        "team": str(company.service.pk),
    }
    answer = lead.post(reverse("manage:connect", args=["loopback"]), values, follow=True)
    assert "harbour.example is connected" in answer.content.decode()
    assert Channel.objects.get(handle="harbour.example").team == company.service


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong-word"}, "does not accept this login"),
        ({"handle": ""}, "Handle is missing"),
        ({"brand": ""}, "Choose the brand"),
        ({"team": "999999"}, "one of the teams"),
    ],
)
def test_what_is_wrong_is_said_and_the_password_is_never_sent_back(
    company: Company, lead: Client, network: LoopbackNetwork, change: dict[str, str], said: str
) -> None:
    values = {
        "service": network.url,
        "handle": "harbour.example",
        "password": "pass-word-1",
        "brand": str(company.brand.pk),
        "team": "",
    } | change
    answer = lead.post(reverse("manage:connect", args=["loopback"]), values)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert network.url in text
    assert values["password"] not in text
    assert not Channel.objects.filter(handle="harbour.example").exists()


def test_words_and_undo_time_are_saved_or_refused_on_their_card(
    company: Company, lead: Client
) -> None:
    pk = company.channel.pk
    address = reverse("manage:tune", args=[pk])
    words = {f"listen_for-{pk}": "#harbour\r\nlost bag\r\n", f"undo_seconds-{pk}": "5"}
    assert lead.post(address, words).status_code == 302
    company.channel.refresh_from_db()
    assert (company.channel.listen_for, company.channel.undo_seconds) == (
        ["#harbour", "lost bag"],
        5,
    )
    for seconds in ("", "-1", "ten", "500", "9" * 40, "٣"):
        answer = lead.post(address, words | {f"undo_seconds-{pk}": seconds})
        assert answer.status_code == 422
        assert "take an answer back" in answer.content.decode()


def test_pause_resume_and_a_new_login(
    company: Company, lead: Client, network: LoopbackNetwork
) -> None:
    pk = connected(company, network).pk
    for verb, state in (("pause", "paused"), ("resume", "connected")):
        assert lead.post(reverse(f"manage:{verb}", args=[pk])).status_code == 302
        assert Channel.objects.get(pk=pk).state == state
    address = reverse("manage:reconnect", args=[pk])
    wrong = lead.post(address, {f"password-{pk}": "nope-nope"})
    assert wrong.status_code == 422
    assert "nope-nope" not in wrong.content.decode()
    again = lead.post(address, {f"password-{pk}": "pass-word-1"}, follow=True)
    assert "is connected again" in again.content.decode()


def test_a_test_post_reaches_the_network(
    company: Company, lead: Client, network: LoopbackNetwork
) -> None:
    pk = connected(company, network).pk
    assert lead.post(reverse("manage:test_post", args=[pk])).status_code == 302
    assert len(network.posts()) == 1


def held(channel: Channel, raw: bytes) -> Quarantined:
    digest = hashlib.sha256(raw).digest()
    return Quarantined.objects.create(channel=channel, sha256=digest, raw=raw, error="no <JSON>")


def test_a_mended_item_is_read_again_and_a_broken_one_stays(
    company: Company, lead: Client, network: LoopbackNetwork
) -> None:
    channel = connected(company, network)
    author = network.person(Person("amara.example", "Amara"))
    network.write(author, NewPost("@harbour.example after all"))
    from harken.domain.channels.registry import connector_for

    (raw,) = connector_for(channel).read(None).items
    good, bad = held(channel, raw), held(channel, b"<script>alert(1)</script>")
    page = lead.get(reverse("manage:quarantine", args=[channel.pk])).content.decode()
    assert "no &lt;JSON&gt;" in page
    assert "<script>alert" not in page
    done = lead.post(reverse("manage:replay", args=[good.pk]), follow=True)
    assert "Read after all: 1 stored" in done.content.decode()
    assert Message.objects.get().body == "@harbour.example after all"
    still = lead.post(reverse("manage:replay", args=[bad.pk]))
    assert still.status_code == 409
    assert "still cannot read" in still.content.decode()
    states = dict(Quarantined.objects.values_list("pk", "state"))
    assert states == {good.pk: QuarantineState.REPLAYED, bad.pk: QuarantineState.HELD}
    assert lead.post(reverse("manage:discard", args=[bad.pk])).status_code == 302
    assert Quarantined.objects.get(pk=bad.pk).state == QuarantineState.DISCARDED
    twice = lead.post(reverse("manage:discard", args=[bad.pk]))
    assert twice.status_code == 409


def test_an_unknown_network_or_channel_is_not_there(company: Company, lead: Client) -> None:
    assert lead.get(reverse("manage:fill_in", args=["pigeon"])).status_code == 404
    assert lead.post(reverse("manage:pause", args=[10**9])).status_code == 404
