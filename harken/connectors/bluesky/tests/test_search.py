"""A search that is only listened to, at the reference AppView: with and without an account."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from harken.connectors.bluesky.source import Search
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import Cursor
from tests.servers.atproto.network import AtprotoNetwork, unique

pytestmark = [pytest.mark.atproto, pytest.mark.usefixtures("loopback_allowed")]
PATIENCE = 90.0  # seconds
Made = tuple[str, Callable[[], Search]]  # a hashtag, and what makes a search for it


class Reading:
    """A search read in a thread, as a listener would."""

    def __init__(self, search: Search, cursor: Cursor = None) -> None:
        self.posts: list[Heard] = []
        self.cursor = cursor
        self.rounds = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(search,), daemon=True)

    def _read(self, search: Search) -> None:
        for caught in search.open(self.cursor, self._stop):
            self.posts += caught.posts
            self.cursor = caught.cursor
            self.rounds += 1

    def __enter__(self) -> Reading:
        self._thread.start()
        self.wait(lambda: self.rounds > 0)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)

    def wait(self, true) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, [post.text for post in self.posts]
            time.sleep(0.05)

    def rounds_more(self, count: int) -> None:
        then = self.rounds + count
        self.wait(lambda: self.rounds >= then)


@pytest.fixture(params=["a stranger", "an account"])
def search(request: pytest.FixtureRequest, atproto_network: AtprotoNetwork) -> Iterator[Made]:
    tag = "#" + unique("tag").replace("-", "")
    if request.param == "a stranger":
        yield tag, lambda: Search(tag, atproto_network.appview, every=0.2)
    else:
        us = atproto_network.person(unique("us"))
        password = us.app_password()
        yield (
            tag,
            lambda: Search(
                tag, atproto_network.pds, handle=us.handle, app_password=password, every=0.2
            ),
        )


def test_a_hashtag_is_heard_once_from_now_on_and_after_a_rest(
    search: Made, atproto_network: AtprotoNetwork
):
    tag, made = search
    guest = atproto_network.person(unique("guest"))
    guest.post(f"long before {tag}")
    time.sleep(2)  # the server tells whole seconds apart
    with Reading(made()) as first:
        ref = guest.post(f"where is my bag? {tag} https://parcelo.example/late", langs=["en"])
        first.wait(lambda: first.posts)
        first.rounds_more(3)
    post = first.posts[0]
    assert [each.uri for each in first.posts] == [ref.uri]
    assert (post.network, post.author, post.lang) == ("bluesky", guest.handle, "en")
    assert post.links == ("https://parcelo.example/late",)
    missed = guest.post(f"still nothing {tag}")
    with Reading(made(), first.cursor) as again:
        again.wait(lambda: again.posts)
        again.rounds_more(3)
    assert [each.uri for each in again.posts] == [missed.uri]


def test_a_refused_password_stops_it_for_good(atproto_network: AtprotoNetwork):
    us = atproto_network.person(unique("us"))
    wrong = Search("#x", atproto_network.pds, handle=us.handle, app_password="no-no-no-no")
    with pytest.raises(ConnectorError) as told:
        next(wrong.open(None, threading.Event()))
    assert told.value.permanent
