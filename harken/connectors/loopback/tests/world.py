"""The loopback network as the contract test sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from harken.connectors.loopback.connector import LoopbackConnector
from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.tests.cast import EVA, TOM, US, KeptSecrets
from harken.connectors.loopback.wire import NewPost, Person, Picture
from harken.kit.connector import Account

PASSWORD = "open sesame"


class LoopbackWorld:
    """Customers on a served network, and its fault switches."""

    patience = 0.0
    tag = "#meridianbikes"

    def __init__(self, network: LoopbackNetwork) -> None:
        self._network = network
        self._us = network.open_account(Person(US, "Meridian"), password=PASSWORD)
        self._eva = network.person(EVA)
        self._secrets = KeptSecrets(password=PASSWORD)
        self.us = self._us.id

    def connector(self, *listen_for: str) -> LoopbackConnector:
        account = Account(self.us, US, self._network.url, listen_for)
        return LoopbackConnector(account, self._secrets)

    def mention(self, text: str) -> str:
        return self._network.write(self._eva, NewPost(f"@{US} {text}")).id

    def post(self, text: str) -> str:
        return self._network.write(self._eva, NewPost(text)).id

    def our_post(self, text: str) -> str:
        return self._network.write(self._us, NewPost(text)).id

    def reply(self, to: str, text: str) -> str:
        tom = self._network.person(TOM)
        return self._network.write(tom, NewPost(text, reply_to=to)).id

    def quote(self, what: str, text: str) -> str:
        return self._network.write(self._eva, NewPost(text, quote=what)).id

    def picture(self, text: str, alt: str) -> str:
        images = (Picture("https://pictures.example/box.jpg", alt),)
        return self._network.write(self._eva, NewPost(f"@{US} {text}", images=images)).id

    def edit(self, external_id: str, text: str) -> None:
        post = self._network.post(external_id)
        self._network.edit(post.author, external_id, text)

    def delete(self, external_id: str) -> None:
        self._network.delete(self._network.post(external_id).author, external_id)

    def answers(self, external_id: str) -> Sequence[str]:
        tree = self._network.tree(self._network.post(external_id).root)
        return [post.text for post in tree if post.parent == external_id and not post.deleted]

    def likes(self, external_id: str) -> int:
        return self._network.likes_of(external_id)

    @contextmanager
    def _switched(self, **switches: float) -> Iterator[None]:
        self._network.faults.set(**switches)
        yield
        self._network.faults.clear()

    def lost_answers(self):
        return self._switched(lost_response=1.0)

    def server_errors(self):
        return self._switched(error=1.0)

    def rate_limit(self, seconds: int):
        return self._switched(rate_limit=1.0, retry_after=seconds)

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        server = self._network.server
        assert server is not None
        server.stop()
        yield
        server.start()

    @contextmanager
    def revoked(self) -> Iterator[None]:
        self._network.revoke(US, block_login=True)
        yield
        self._network.open_account(Person(US, "Meridian"), password=PASSWORD)
