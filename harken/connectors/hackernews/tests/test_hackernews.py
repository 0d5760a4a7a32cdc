"""Hacker News against a stand-in of its search."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator

import pytest

from harken.connectors.hackernews import HackerNews
from harken.connectors.hackernews.source import HITS, OVERLAP, _heard
from harken.kit import clock
from harken.kit.source import Caught, Source
from tests.servers.hackernews import Search
from tests.servers.listener import Listener
from tests.servers.site import Answer, site

pytestmark = pytest.mark.usefixtures("loopback_allowed")


@pytest.fixture
def search() -> Iterator[Search]:
    with site() as server:
        yield Search(server)


def now() -> int:
    return int(clock.now().timestamp())


def since(mark: int) -> str:
    return json.dumps({"mark": mark})


def looked(source: HackerNews, cursor: str | None, looks: int = 1) -> list[Caught]:
    stream = source.open(cursor, threading.Event())
    return [next(stream) for _ in range(looks)]


def posts(caught: list[Caught]) -> list[str]:
    return [post.uri for each in caught for post in each.posts]


def test_hacker_news_is_a_source(search):
    assert isinstance(HackerNews(service=search.server.url), Source)


def test_a_story_and_a_comment_are_heard_with_what_they_carry(search):
    at = now()
    search.story(11, at - 2, "Parcelo is down", url="https://status.example/")
    search.comment(12, at - 1, 'I &#x27;see&#x27; <p><a href="https:&#x2F;&#x2F;a.example">a</a>')
    (caught,) = looked(HackerNews(service=search.server.url), since(at - 60))
    comment, story = caught.posts
    assert (story.text, story.links) == ("Parcelo is down", ("https://status.example/",))
    assert comment.text == "I 'see' a"
    assert comment.links == ("https://a.example",)
    assert (comment.uri, comment.author) == ("https://news.ycombinator.com/item?id=12", "mila")
    assert int(comment.sent_at.timestamp()) == at - 1


def test_a_search_finds_only_what_it_asks_for(search):
    at = now()
    found = search.comment(1, at, "about Parcelo")
    search.comment(2, at, "about nothing")
    caught = looked(HackerNews("parcelo", service=search.server.url), since(at - 60))
    assert posts(caught) == [found]
    assert search.asked[0]["tags"] == ["(story,comment)"]


def test_what_is_indexed_late_is_found_in_the_overlap_and_nothing_is_twice(search):
    at = now() - OVERLAP
    source = HackerNews(service=search.server.url, every=0)
    first = search.comment(2, at, "in time")
    (caught,) = looked(source, since(at - 60))
    late = search.comment(1, at - 300, "indexed late")
    again = looked(source, caught.cursor, looks=2)
    assert posts([caught]) == [first]
    assert posts(again) == [late]


def test_what_was_there_before_the_first_listening_stays_unheard(search):
    search.comment(1, now() - 100, "old")
    (caught,) = looked(HackerNews(service=search.server.url), None)
    new = search.comment(2, now() + 1, "new")
    assert caught.posts == ()
    assert posts(looked(HackerNews(service=search.server.url), caught.cursor)) == [new]


def test_a_long_outage_is_walked_back_beyond_what_one_search_gives(search):
    at = now() - 10_000
    written = [search.comment(n, at + n * 2 // 3, f"post {n}") for n in range(1, 2501)]
    listener = Listener(lambda: HackerNews(service=search.server.url, every=0))
    listener.cursor = since(at)
    listener.until(lambda: listener.has(written), dies=random.Random(2))
    assert listener.each_once(written)
    assert listener.deaths > 5


def test_a_full_page_of_one_second_does_not_hold_up_the_rest(search):
    at = now() - 100
    for n in range(HITS + 20):
        search.comment(n + 1, at, "at once")
    caught = looked(HackerNews(service=search.server.url, every=0), since(at - 10), looks=3)
    new = search.comment(1000, at + 5, "later")
    again = looked(HackerNews(service=search.server.url, every=0), caught[-1].cursor, looks=3)
    assert new in posts(again)


def test_twenty_kills_and_outages_miss_nothing_and_give_nothing_twice(search):
    written: list[str] = []
    ended = threading.Event()

    listener = Listener(lambda: HackerNews(service=search.server.url, every=0.01))
    listener.until(lambda: listener.cursor is not None)

    def write() -> None:
        while listener.deaths < 20:
            n = len(written) + 1
            written.append(search.comment(n, now(), f"post {n}"))
            if n in (30, 130):
                search.server.statuses += [500, -1]
            ended.wait(0.02)
        ended.set()

    threading.Thread(target=write, daemon=True).start()
    listener.until(ended.is_set, dies=random.Random(4))
    listener.until(lambda: listener.has(written))
    assert listener.each_once(written)
    assert listener.troubles


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"hits": 5}', b"<html>", b"[" * 100_000])
def test_a_strange_answer_is_trouble_and_no_end(search, body):
    search.server.answer = lambda _path, _headers: Answer(body)
    (caught,) = looked(HackerNews(service=search.server.url), None)
    assert caught.trouble


@pytest.mark.parametrize(
    "hit",
    [
        {},
        {"objectID": 5, "title": "x"},
        {"objectID": "x/../y", "title": "x"},
        {"objectID": "1", "title": None, "comment_text": 7},
    ],
)
def test_a_strange_hit_is_passed_over(hit):
    assert _heard(hit, 1_763_000_000) is None
