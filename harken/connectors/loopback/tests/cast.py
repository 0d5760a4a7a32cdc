"""People and a served network for the loopback tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harken.connectors.loopback.connector import LoopbackConnector
from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import Face, NewPost, Person, Post
from harken.kit.connector import Account, Inbound, InboundPost, OutboundReply

US = "meridian.example"
EVA = Person("eva.example", "Eva Lindqvist", followers=120)
TOM = Person("tom.example", "Tom Adeyemi")


class KeptSecrets:
    """Secrets in a dictionary."""

    def __init__(self, **values: str) -> None:
        self.values = values

    def load(self) -> dict[str, str]:
        return dict(self.values)

    def save(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)


@dataclass
class Stage:
    """A served network, our connector on it, and what reads of it gave so far."""

    network: LoopbackNetwork
    connector: LoopbackConnector
    us: Face
    cursor: str | None = None
    heard: list[Inbound] = field(default_factory=list)

    def says(self, who: Person, text: str, **options: Any) -> Post:
        return self.network.write(self.network.person(who), NewPost(text, **options))

    def listen(self) -> list[Inbound]:
        """Everything new since the last call."""
        new: list[Inbound] = []
        more = True
        while more:
            page = self.connector.read(self.cursor)
            self.cursor, more = page.cursor, page.more
            for raw in page.items:
                new += self.connector.parse(raw)
        self.heard += new
        return new

    def hears(self) -> list[tuple[str, str]]:
        """Text and reason of each new post."""
        return [(item.text, item.why) for item in self.listen() if isinstance(item, InboundPost)]

    def answer_to(self, post: Post, text: str = "Hello Eva, on its way. /Mika") -> OutboundReply:
        return OutboundReply(self.connector.new_key(), text, post.id, post.root)


@contextmanager
def staged(*listen_for: str) -> Iterator[Stage]:
    with LoopbackNetwork.serve() as network:
        us = network.open_account(Person(US, "Meridian"), password="open sesame")
        account = Account(us.id, US, network.url, listen_for)
        connector = LoopbackConnector(account, KeptSecrets(password="open sesame"))
        yield Stage(network, connector, us)
