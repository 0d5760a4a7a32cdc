"""What a stream does not tell by itself: that it hangs, and what was changed or taken back."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from harken.connectors.mastodon import Timeline, hashtag
from harken.connectors.mastodon.search import Search
from harken.kit.connector import ConnectorError, RateLimited
from harken.kit.source import Gone, Rereads
from tests.servers.hashtag import TOKEN, Tagged
from tests.servers.listener import Listener
from tests.servers.site import site

pytestmark = pytest.mark.usefixtures("loopback_allowed")


@pytest.fixture
def tagged() -> Iterator[Tagged]:
    with site() as server:
        yield Tagged(server)


@pytest.fixture
def source(tagged: Tagged) -> Timeline:
    return Timeline(tagged.server.url, hashtag("parcelo"), token=TOKEN)


def ref_of(uri: str) -> str:
    return uri.rpartition("/")[2]


def test_a_stream_that_goes_mute_is_closed_and_opened_anew_from_its_cursor(tagged: Tagged):
    tagged.mutes = 1
    mute = Timeline(tagged.server.url, hashtag("parcelo"), token=TOKEN, mute=1.0)
    listener = Listener(lambda: mute)
    listener.until(lambda: listener.cursor is not None)  # the timeline was read: the line is open
    missed = tagged.write("nobody told")
    listener.until(lambda: bool(listener.troubles) and listener.has([missed]))
    assert "gave no sign of life for 1 s, so the line is opened anew" in listener.troubles[0]
    assert listener.each_once([missed])


def test_a_quiet_stream_that_lives_is_left_open(tagged: Tagged):
    quiet = Timeline(tagged.server.url, hashtag("parcelo"), token=TOKEN, mute=30.0)
    caught = quiet.open(None, threading.Event())
    beats = [next(caught) for _ in range(12)]
    assert tagged.streams == 1
    assert not any(each.trouble for each in beats)


def test_a_deletion_is_told_by_the_servers_own_id(tagged: Tagged, source: Timeline):
    listener = Listener(lambda: source)
    listener.until(lambda: tagged.streams == 1)
    uri = tagged.write("my bag is gone")
    listener.until(lambda: listener.has([uri]))
    timer = threading.Timer(0.1, tagged.delete, [uri])
    timer.start()
    listener.until(lambda: bool(listener.gone))
    assert listener.gone == [Gone("mastodon", ref=ref_of(uri))]


def test_many_are_read_again_in_few_questions(tagged: Tagged, source: Timeline):
    written = [tagged.write(f"post {n}") for n in range(45)]
    tagged.edit(written[3], "changed")
    tagged.delete(written[40], silent=True)
    before = len(tagged.server.asked)
    posts, gone = source.reread([ref_of(uri) for uri in written])
    assert isinstance(source, Rereads)
    assert gone == [Gone("mastodon", ref=ref_of(written[40]))]
    assert [post.text for post in posts if post.edited] == ["changed"]
    assert {post.uri for post in posts} == set(written) - {written[40]}
    assert len(tagged.server.asked) - before == 4  # twenty, twenty, five; and the missing one


def test_a_server_of_old_is_asked_for_each_of_the_newest(tagged: Tagged):
    tagged.has_many = False
    written = [tagged.write(f"post {n}") for n in range(30)][::-1]
    tagged.delete(written[5], silent=True)
    tagged.delete(written[25], silent=True)
    search = Search(tagged.server.url, "post", token=TOKEN)
    posts, gone = search.reread([ref_of(uri) for uri in written])
    assert (len(posts), gone) == (19, [Gone("mastodon", ref=ref_of(written[5]))])


def test_a_server_that_fails_says_of_nothing_that_it_is_gone(tagged: Tagged, source: Timeline):
    uri = tagged.write("still there")
    for status, error in ((500, ConnectorError), (429, RateLimited), (-1, ConnectorError)):
        tagged.server.statuses.append(status)
        with pytest.raises(error):
            source.reread([ref_of(uri)])
    # Left out of the many, and refused alone: nobody said that it is not there.
    tagged.server.statuses += [0, 401]
    assert source.reread(["99"]) == ([], [])


def test_only_ids_of_the_servers_own_kind_are_asked_for(tagged: Tagged, source: Timeline):
    assert source.reread(["../../oauth", "01H8", ""]) == ([], [])
    assert tagged.server.asked == []
