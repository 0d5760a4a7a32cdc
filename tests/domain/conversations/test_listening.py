"""Listening to a real loopback network: intake, waiting, lost logins, outages, follow-ups."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from harken.connectors.loopback.connector import LoopbackConnector
from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import Face, NewPost, Person
from harken.domain.channels.models import Channel, ChannelState, Cursor, Quarantined
from harken.domain.channels.services.connect import connect, reconnect
from harken.domain.conversations import listening
from harken.domain.conversations.models import Conversation, Message
from harken.domain.journal.models import Event
from harken.kit import clock
from tests.cast import Company, make_company

pytestmark = pytest.mark.django_db(transaction=True)


def eventually(true: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.03)


class House:
    """A company with one channel on a network of its own, and a listener at work."""

    def __init__(self, company: Company, network: LoopbackNetwork) -> None:
        self.company, self.network = company, network
        Channel.objects.all().delete()
        network.open_account(Person("harbour.example", "Harbour"), password="pass-1")
        self.customer: Face = network.person(Person("amara.example", "Amara Okafor"))
        self.channel = connect(
            "loopback",
            {"service": network.url, "handle": "harbour.example", "password": "pass-1"},
            brand=company.brand,
            team=company.service,
            by=company.lena,
        )

    def write(self, text: str = "@harbour.example hello?", **more: object) -> str:
        return self.network.write(self.customer, NewPost(text, **more)).id  # type: ignore[arg-type]

    def has(self, post_id: str) -> bool:
        return Message.objects.filter(external_id=post_id).exists()

    @property
    def state(self) -> str:
        return Channel.objects.get().state


@pytest.fixture
def house(transactional_db: None) -> Iterator[House]:
    with LoopbackNetwork.serve() as network:
        made = House(make_company(), network)
        stop = threading.Event()
        thread = threading.Thread(target=listening.run, args=(stop,))
        thread.start()
        try:
            yield made
        finally:
            stop.set()
            thread.join(60)
            assert not thread.is_alive()


def test_a_post_becomes_a_message_and_the_channel_is_heard(house: House) -> None:
    post = house.write()
    eventually(lambda: house.has(post))
    eventually(lambda: Channel.objects.get().last_heard_at is not None)  # noted after the post
    heard_at = Channel.objects.get().last_heard_at
    assert heard_at is not None
    assert (clock.now() - heard_at).total_seconds() < 30


def test_a_revoked_login_is_noticed_without_traffic_and_the_gap_is_read_after_it(
    house: House,
) -> None:
    first = house.write()
    eventually(lambda: house.has(first))
    house.network.revoke("harbour.example", block_login=True)
    eventually(lambda: house.state == ChannelState.NEEDS_LOGIN)
    missed = [house.write(f"@harbour.example are you there? {n}") for n in range(5)]
    time.sleep(0.6)
    assert not any(house.has(post) for post in missed)
    house.network.open_account(Person("harbour.example"), password="pass-2")
    reconnect(Channel.objects.get(), {"password": "pass-2"}, by=house.company.lena)
    eventually(lambda: all(house.has(post) for post in missed))
    assert house.state == ChannelState.CONNECTED
    kinds = Event.objects.filter(kind__startswith="Channel").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "ChannelConnected",
        "ChannelLost",
        "ChannelReconnected",
    ]


def test_an_outage_is_shown_and_nothing_written_in_it_is_missed(house: House) -> None:
    first = house.write()
    eventually(lambda: house.has(first))
    house.network.faults.set(outage=True)
    eventually(lambda: house.state == ChannelState.FAILING)
    assert Channel.objects.get().last_error
    missed = [house.write(f"@harbour.example hello {n}") for n in range(20)]
    house.network.faults.set(outage=False)
    eventually(lambda: all(house.has(post) for post in missed))
    eventually(lambda: house.state == ChannelState.CONNECTED)
    assert Channel.objects.get().last_error == ""


def test_a_network_that_asks_to_wait_is_left_alone_until_then(house: House) -> None:
    first = house.write()
    eventually(lambda: house.has(first))
    house.network.faults.set(rate_limit=1.0, retry_after=4.0)
    eventually(lambda: Channel.objects.get().wait_until is not None)
    asked = house.network.faults.seen["rate_limit"]
    house.network.faults.clear()
    waited = Channel.objects.get().wait_until
    late = house.write()
    eventually(lambda: house.has(late))
    assert waited is not None
    assert clock.now() >= waited
    assert house.network.faults.seen["rate_limit"] <= asked + 1
    assert house.state == ChannelState.CONNECTED
    eventually(lambda: Channel.objects.get().wait_until is None)


def test_a_long_absence_is_caught_up_page_by_page(house: House) -> None:
    posts = [house.write(f"@harbour.example number {n}") for n in range(1200)]
    eventually(lambda: Message.objects.count() == len(posts))


def test_new_words_to_listen_for_are_used_without_a_restart(house: House) -> None:
    from harken.domain.channels.services.tune import set_listen_for

    before = house.write("the #harbourlight is lovely")
    called = house.write()
    eventually(lambda: house.has(called))
    set_listen_for(Channel.objects.get(), ["#harbourlight"], by=house.company.lena)
    asked: list[str] = []

    def heard() -> bool:
        """Somebody writes again and again: only what comes after the look is heard."""
        asked.append(house.write("who else loves the #harbourlight?"))
        time.sleep(0.2)
        return any(house.has(post) for post in asked)

    eventually(heard)
    assert not house.has(before)


def test_a_follow_up_the_stream_does_not_tell_is_found_in_its_tree(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "RECHECK", 0.3)
    root = house.write()
    eventually(lambda: house.has(root))
    told = LoopbackConnector.read

    def deaf(self: LoopbackConnector, cursor: str | None) -> object:
        page = told(self, cursor)
        return type(page)((), page.cursor, page.more)

    monkeypatch.setattr(LoopbackConnector, "read", deaf)
    time.sleep(0.5)
    follow_up = house.write("and another thing", reply_to=root)
    eventually(lambda: house.has(follow_up))
    house.network.edit(house.customer, root, "@harbour.example hello, anybody?")
    eventually(lambda: Message.objects.get(external_id=root).body.endswith("anybody?"))
    house.network.delete(house.customer, follow_up)
    eventually(lambda: Message.objects.get(external_id=follow_up).deleted_at is not None)
    assert Conversation.objects.count() == 1


def test_an_unreadable_item_is_put_aside_and_the_rest_of_its_page_is_stored(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = LoopbackConnector.read

    def noisy(self: LoopbackConnector, cursor: str | None) -> object:
        page = told(self, cursor)
        return type(page)((b"{", *page.items), page.cursor, page.more)

    monkeypatch.setattr(LoopbackConnector, "read", noisy)
    post = house.write()
    eventually(lambda: house.has(post))
    assert bytes(Quarantined.objects.get().raw) == b"{"
    assert house.state == ChannelState.CONNECTED


def test_an_item_the_database_refuses_stops_neither_its_page_nor_the_channel(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = LoopbackConnector.parse

    def poisonous(self: LoopbackConnector, raw: bytes) -> object:
        from dataclasses import replace

        return [
            replace(item, external_id="x" * 5000) if "poison" in getattr(item, "text", "") else item
            for item in sound(self, raw)
        ]

    monkeypatch.setattr(LoopbackConnector, "parse", poisonous)
    posts = [house.write(f"@harbour.example {word}") for word in ("before", "poison", "after")]
    eventually(lambda: house.has(posts[0]) and house.has(posts[2]))
    eventually(lambda: Quarantined.objects.count() == 1)
    eventually(lambda: Cursor.objects.filter(value="3").exists())
    later = house.write()
    eventually(lambda: house.has(later))
    assert house.state == ChannelState.CONNECTED
