"""Who gets in by a link to a private talk: the first browser, and nobody else ever."""

from __future__ import annotations

import base64
import hashlib
import secrets
import string
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from harken.domain.handover.links import is_signed, new_token
from harken.domain.handover.models import HandOver
from harken.domain.handover.queries import talk_of
from harken.domain.handover.services.enter import open_talk_by
from harken.domain.journal.models import Event
from harken.kit import clock
from tests.domain.handover.conftest import Offered

pytestmark = pytest.mark.django_db
Offer = Callable[..., Offered]
LETTERS = string.ascii_letters + string.digits + "-_"


def guesses(token: str) -> Iterator[str]:
    """Whatever one may try who knows how a link looks, and even one real link."""
    for _ in range(4000):
        yield base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    for _ in range(1000):  # signed by this house, and made for nobody
        yield new_token()
    for place in range(len(token)):
        for letter in LETTERS:
            if letter != token[place]:
                yield token[:place] + letter + token[place + 1 :]
    yield from (token[:-1], f"{token}A", f"{token}=", token.lower(), token.upper(), token[::-1])
    yield from (
        "",
        "x",
        "0",
        "../",
        "%00",
        "é" * 43,
        "A" * 43,
        token[:22] + "A" * 21,
        "\ud800" * 43,
    )
    yield hashlib.sha256(token.encode()).hexdigest()  # what is stored opens nothing


def test_no_guess_opens_a_talk(offer: Offer, capsys: pytest.CaptureFixture[str]) -> None:
    offered = offer()
    token = offered.path.rpartition("/")[2]
    tried, opened = 0, 0
    for guess in guesses(token):
        if guess != token:
            tried += 1
            opened += open_talk_by(guess) is not None
    with capsys.disabled():
        print(f"guessing: {tried} tries, {opened} openings")  # noqa: T201 - the figure asked for
    assert tried > 7000
    assert opened == 0
    assert open_talk_by(token)  # and the real one does


def test_a_link_opens_once_and_no_other_browser_ever_sees_the_talk(
    offer: Offer, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    offered = offer().opened_by(client)
    openings, answers = 0, set()
    for number in range(200):
        other = Client(REMOTE_ADDR=f"10.1.{number // 250}.{number % 250}")
        if number % 2:  # a cookie of that name, made up
            other.cookies["harken_private"] = secrets.token_urlsafe(32)
        for answer in (other.get(offered.path), other.post(f"{offered.path}/open")):
            openings += answer.status_code != 404
            answers.add(_without_secrets(answer.content))
        openings += other.post(f"{offered.path}/say", {"text": "It is me"}).status_code != 404
        openings += other.get(f"{offered.path}/said").status_code != 404
    with capsys.disabled():
        print(f"replay: 800 tries in 200 browsers, {openings} openings")  # noqa: T201
    assert openings == 0
    assert len(answers) == 1
    assert client.get(offered.path).status_code == 200
    offered.hand_over.refresh_from_db()
    assert offered.hand_over.refused == 200
    assert Event.objects.filter(kind="LinkRefused").count() == 1


def test_links_whose_time_is_over_open_for_nobody(
    offer: Offer, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = [timedelta(0), timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=400)]
    tried = opened = 0
    for ago in ends:
        offered = offer()
        HandOver.objects.filter(pk=offered.hand_over.pk).update(expires_at=clock.now() - ago)
        for _ in range(25):
            opened += open_talk_by(offered.path.rpartition("/")[2]) is not None
            tried += 1
    with capsys.disabled():
        print(f"expiry: {tried} tries, {opened} openings")  # noqa: T201
    assert opened == 0


def test_an_opened_talk_ends_with_its_time_for_its_own_browser_too(
    offer: Offer, client: Client
) -> None:
    offered = offer().opened_by(client)
    assert client.get(offered.path).status_code == 200
    HandOver.objects.update(ends_at=clock.now())
    assert client.get(offered.path).status_code == 404
    assert client.post(f"{offered.path}/say", {"text": "Still me"}).status_code == 404


def test_another_customer_s_link_and_cookie_open_nothing_of_mine(
    offer: Offer, capsys: pytest.CaptureFixture[str]
) -> None:
    customers = ["amara", "zora", "noor", "piet", "juno", "ravi", "sara", "timo", "ulla", "veda"]
    browsers = {name: Client(REMOTE_ADDR=f"10.2.0.{n}") for n, name in enumerate(customers)}
    talks = {
        name: offer(f"Where is it? {name}").opened_by(browser) for name, browser in browsers.items()
    }
    tried = opened = 0
    for me, browser in browsers.items():
        key = browser.cookies["harken_private"].value
        for other, theirs in talks.items():
            if other == me:
                continue
            stranger = Client(REMOTE_ADDR=f"10.3.{tried // 250}.{tried % 250}")
            stranger.cookies["harken_private"] = key  # my cookie, sent to their address
            opened += stranger.get(theirs.path).status_code != 404
            opened += stranger.post(f"{theirs.path}/open").status_code != 404
            opened += stranger.post(f"{theirs.path}/say", {"text": "Hi"}).status_code != 404
            opened += talk_of(theirs.path.rpartition("/")[2], key) is not None
            tried += 4
    with capsys.disabled():
        print(f"other customers' links: {tried} tries, {opened} openings")  # noqa: T201
    assert tried == 360
    assert opened == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_who_open_at_the_same_moment_one_gets_in(offer: Offer) -> None:
    token = offer().path.rpartition("/")[2]
    start, got = threading.Barrier(12), []

    def open_it() -> None:
        start.wait()
        got.append(open_talk_by(token))
        connection.close()

    threads = [threading.Thread(target=open_it) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(bool(each) for each in got) == {True: 1, False: 11}


def test_what_does_not_open_is_answered_alike_for_every_reason(offer: Offer) -> None:
    used = offer("One").opened_by(Client())
    expired, ended = offer("Two"), offer("Three").opened_by(Client())
    HandOver.objects.filter(pk=expired.hand_over.pk).update(expires_at=clock.now())
    HandOver.objects.filter(pk=ended.hand_over.pk).update(ended_at=clock.now())
    paths = [used.path, expired.path, ended.path, f"/private/{new_token()}", "/private/x"]
    answers = [Client(REMOTE_ADDR=f"10.4.0.{n}").get(path) for n, path in enumerate(paths)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({_without_secrets(answer.content) for answer in answers}) == 1
    heads = [{k: v for k, v in each.items() if k != "Content-Length"} for each in answers]
    assert all(head == heads[0] for head in heads)
    assert b"Meridian" not in answers[0].content


def test_every_reason_costs_the_same_statements(offer: Offer) -> None:
    used = offer().opened_by(Client())
    asked = []
    for number, path in enumerate((used.path, f"/private/{new_token()}", "/private/x")):
        with CaptureQueriesContext(connection) as queries:
            Client(REMOTE_ADDR=f"10.5.0.{number}").get(path)
        asked.append([_shape(each["sql"]) for each in queries.captured_queries])
    assert asked[0]
    assert asked[0] == asked[1] == asked[2]


def test_who_knocks_too_often_waits_and_who_is_inside_does_not(
    offer: Offer, client: Client
) -> None:
    inside, free = offer("One").opened_by(client), offer("Two")
    knocking = Client(REMOTE_ADDR="10.6.0.1")
    codes = [knocking.get(f"/private/{new_token()}").status_code for _ in range(30)]
    assert codes == [404] * 20 + [429] * 10
    assert knocking.get(free.path).status_code == 429
    assert client.get(inside.path).status_code == 200


def test_looking_at_a_link_opens_nothing(offer: Offer) -> None:
    offered = offer()
    for _ in range(5):
        assert Client().get(offered.path).status_code == 200
        assert Client().head(offered.path).status_code == 200
    offered.hand_over.refresh_from_db()
    assert offered.hand_over.opened_at is None


def test_neither_link_nor_cookie_is_stored(offer: Offer, client: Client) -> None:
    offered = offer().opened_by(client)
    token, key = offered.path.rpartition("/")[2], client.cookies["harken_private"].value
    row = HandOver.objects.filter(pk=offered.hand_over.pk).values().get()
    assert token not in str(row)
    assert key not in str(row)
    assert is_signed(token)
    cookie = client.cookies["harken_private"]
    assert cookie["httponly"]
    assert cookie["path"] == offered.path


def _shape(sql: str) -> str:
    """A statement without the values it was asked with."""
    return sql.partition(" WHERE ")[0]


def _without_secrets(content: bytes) -> bytes:
    """The page without what is random on every page: the form's secret and the asked address."""
    lines = content.split(b"\n")
    return b"\n".join(line for line in lines if b"csrfmiddlewaretoken" not in line)
