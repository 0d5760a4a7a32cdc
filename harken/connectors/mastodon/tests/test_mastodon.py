"""A hashtag at a stand-in of a Mastodon server."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from harken.connectors.mastodon import Timeline, everybody, hashtag
from harken.connectors.mastodon.parse import heard
from harken.connectors.mastodon.place import Place
from harken.connectors.mastodon.timeline import MOST_LINE, events_of
from harken.kit import http
from harken.kit.connector import ConnectorError
from harken.kit.source import Caught, Source
from tests.servers.hashtag import APPLICATION, STREAMS, TOKEN, Tagged
from tests.servers.listener import Listener
from tests.servers.site import Answer, site

pytestmark = pytest.mark.usefixtures("loopback_allowed")


@pytest.fixture
def tagged() -> Iterator[Tagged]:
    with site() as server:
        yield Tagged(server)


def hour_ago() -> str:
    at = str(time.time_ns() // 1_000_000 - 3_600_000 << 16)
    return json.dumps({"at": at})


def looked(source: Timeline, cursor: str | None = None, looks: int = 1) -> list[Caught]:
    stream = source.open(cursor, threading.Event())
    return [next(stream) for _ in range(looks)]


def uris(caught: list[Caught]) -> list[str]:
    return [post.uri for each in caught for post in each.posts]


def test_a_hashtag_is_a_source(tagged):
    assert isinstance(Timeline(tagged.server.url, hashtag("parcelo")), Source)


def test_a_status_is_heard_with_what_it_carries(tagged):
    uri = tagged.write(
        "My bag <a href='https://x.example/a'>x.example/a</a>",
        spoiler_text="Parcels",
        media_attachments=[{"type": "image"}, {"type": "audio"}],
        card={"url": "https://card.example/"},
    )
    ((post,),) = [
        each.posts for each in looked(Timeline(tagged.server.url, hashtag("#parcelo")), hour_ago())
    ]
    assert (post.uri, post.network, post.lang, post.reach) == (uri, "mastodon", "nl", 37)
    assert post.author == f"mila@{tagged.server.url.removeprefix('http://')}"
    assert post.text == "Parcels\n\nMy bag x.example/a #parcelo"
    assert post.links == ("https://x.example/a", "https://card.example/")
    assert post.pictures == 1


def test_an_outage_is_read_forwards_page_by_page(tagged):
    written = [tagged.write(f"post {n}", back=2000 - n) for n in range(130)]
    caught = looked(Timeline(tagged.server.url, hashtag("parcelo")), hour_ago(), looks=4)
    assert uris(caught) == written


def test_a_status_that_arrives_late_is_found_in_the_overlap(tagged):
    source = Timeline(tagged.server.url, hashtag("parcelo"), every=0)
    first = tagged.write("in time")
    (caught,) = looked(source, hour_ago())
    late = tagged.write("from a slow server", back=300)
    again = looked(source, caught.cursor, looks=2)
    assert (uris([caught]), uris(again)) == ([first], [late])


def test_what_was_there_before_the_first_listening_stays_unheard(tagged):
    tagged.write("old", back=5)
    source = Timeline(tagged.server.url, hashtag("parcelo"), every=0)
    (caught,) = looked(source)
    new = tagged.write("new")
    assert caught.posts == ()
    assert uris(looked(source, caught.cursor)) == [new]


def test_the_stream_brings_a_status_at_once_and_the_timeline_not_again(tagged):
    source = Timeline(tagged.server.url, hashtag("parcelo"), token=TOKEN)
    listener = Listener(lambda: source)
    listener.until(lambda: listener.cursor is not None and tagged.streams >= 1)
    timer = threading.Timer(0.5, tagged.write, ["live"])
    timer.start()
    listener.until(lambda: len(listener.stored) == 1)
    listener.until(lambda: tagged.streams >= 2)  # opened anew: the timeline was read again
    tagged.write("next")
    listener.until(lambda: len(listener.stored) == 2)
    assert set(listener.stored.values()) == {1}


def test_what_the_stream_passes_over_is_found_in_the_timeline(tagged):
    listener = Listener(lambda: Timeline(tagged.server.url, hashtag("parcelo"), token=TOKEN))
    listener.until(lambda: tagged.streams >= 1)
    silent = tagged.write("nobody told", silent=True)
    threading.Timer(0.3, tagged.break_lines).start()
    listener.until(lambda: listener.has([silent]))
    assert listener.each_once([silent])


def test_twenty_kills_and_broken_streams_miss_nothing_and_give_nothing_twice(tagged):
    listener = Listener(lambda: Timeline(tagged.server.url, hashtag("parcelo"), token=TOKEN))
    listener.until(lambda: listener.cursor is not None)
    written: list[str] = []
    ended = threading.Event()

    def write() -> None:
        ended.wait(0.2)  # so that nothing is written before the listening began
        chance = random.Random(8)
        while listener.deaths < 20:
            back = chance.choice([0, 0, 0, 0.05])
            written.append(tagged.write(f"post {len(written)}", back=back))
            if len(written) in (30, 130):
                tagged.server.statuses += [500, -1]
                tagged.break_lines()
            ended.wait(0.02)
        ended.set()

    threading.Thread(target=write, daemon=True).start()
    listener.until(ended.is_set, dies=random.Random(6))
    listener.until(lambda: listener.has(written))
    assert listener.each_once(written)


def test_a_server_without_streams_is_read_by_its_timeline(tagged):
    tagged.has_streams = False
    written = tagged.write("found all the same")
    source = Timeline(tagged.server.url, hashtag("parcelo"), token=TOKEN, every=0)
    caught = looked(source, hour_ago(), looks=3)
    assert uris(caught) == [written]
    assert not any(each.trouble for each in caught)


def test_a_token_that_opens_the_timeline_only_is_enough_for_that(tagged):
    tagged.strict = True
    written = tagged.write("found all the same")
    source = Timeline(tagged.server.url, hashtag("parcelo"), token=APPLICATION, every=0)
    caught = looked(source, hour_ago(), looks=2)
    assert uris(caught) == [written]
    assert not any(each.trouble for each in caught)
    assert tagged.streams == 0


def test_a_post_that_its_author_changed_is_heard_anew(tagged):
    listener = Listener(lambda: Timeline(tagged.server.url, hashtag("parcelo"), token=TOKEN))
    listener.until(lambda: tagged.streams >= 1)
    uri = tagged.write("my bag is gone")
    listener.until(lambda: listener.has([uri]))

    def act() -> None:
        tagged.edit(uri, "my bag is back")
        tagged.delete(uri)

    threading.Timer(0.3, act).start()
    listener.until(lambda: listener.texts[uri] == "my bag is back")
    assert listener.stored[uri] == 2
    assert not listener.troubles


def test_streams_at_a_host_of_their_own_are_found(tagged: Tagged):
    with site() as other:

        def answer(path: str, headers: dict[str, str]) -> Answer:
            return tagged.stream(urlsplit(path).path.removeprefix(STREAMS).strip("/"), headers)

        other.answer, tagged.elsewhere = answer, other.url
        listener = Listener(lambda: Timeline(tagged.server.url, hashtag("parcelo"), token=TOKEN))
        listener.until(lambda: tagged.streams >= 1)
        uri = tagged.write("live")
        listener.until(lambda: listener.has([uri]))
        assert other.asked[0][0].startswith(f"{STREAMS}/hashtag?tag=parcelo")


def test_a_token_goes_to_no_host_that_is_less_safe(tagged):
    tagged.elsewhere = "ftp://127.0.0.1:1"
    (caught,) = looked(Timeline(tagged.server.url, hashtag("parcelo"), token=TOKEN))
    assert "not safe" in caught.trouble


@pytest.mark.parametrize("own", [True, False])
def test_everything_of_a_server_is_heard_live_and_after_a_break(tagged, own: bool):
    account = {"id": "2", "acct": "bo@far.example", "followers_count": 1}
    listener = Listener(lambda: Timeline(tagged.server.url, everybody(own=own), token=TOKEN))
    listener.until(lambda: tagged.streams >= 1)
    wanted: list[str] = []

    def write(*, silent: bool) -> None:
        written = [tagged.write("ours", silent=silent)]
        written.append(tagged.write("theirs", silent=silent, account=account))
        wanted.extend(written[:1] if own else written)

    def live() -> None:
        write(silent=False)
        time.sleep(0.2)
        write(silent=True)
        tagged.break_lines()

    threading.Timer(0.2, live).start()
    count = 2 if own else 4
    listener.until(lambda: len(wanted) == count and listener.has(wanted))
    assert listener.each_once(wanted)


def test_posts_of_a_busy_stream_come_together_and_none_is_lost_when_it_breaks(tagged):
    listener = Listener(lambda: Timeline(tagged.server.url, everybody(own=False), token=TOKEN))
    listener.until(lambda: tagged.streams >= 1)
    written: list[str] = []

    def live() -> None:
        written.extend(tagged.write(f"post {number}") for number in range(30))
        tagged.break_lines()

    threading.Timer(0.2, live).start()
    listener.until(lambda: len(written) == 30 and listener.has(written))
    assert listener.each_once(written)


def test_a_token_that_is_refused_ends_it(tagged):
    tagged.strict = True
    for token in ("", "wrong"):
        with pytest.raises(ConnectorError, match="token") as refused:
            looked(Timeline(tagged.server.url, hashtag("parcelo"), token=token))
        assert refused.value.permanent


def test_a_tag_nobody_used_is_no_trouble(tagged):
    (caught,) = looked(Timeline(tagged.server.url, hashtag("größe/../x")))
    assert (caught.posts, caught.trouble) == ((), "")


def test_a_server_in_the_own_network_is_not_read():
    http.allow_private_hosts([])
    with pytest.raises(ConnectorError, match="AddressRefused"):
        looked(Timeline("https://127.0.0.1:1", hashtag("parcelo")))


def test_events_are_read_however_they_are_cut():
    sent = b':)\nevent: update\r\ndata: {"a": "\xc3\xa9"}\n\nevent: delete\ndata: 5\n\n:thump\n'
    wanted = [("", ""), ("update", '{"a": "é"}'), ("delete", "5"), ("", "")]
    for size in (1, 2, 7, len(sent)):
        pieces = (sent[i : i + size] for i in range(0, len(sent), size))
        assert list(events_of(pieces)) == wanted


def test_an_event_without_an_end_ends_the_line():
    with pytest.raises(ConnectorError):
        list(events_of(iter([b"data: " + b"x" * (MOST_LINE + 1)])))


@pytest.mark.parametrize(
    "status",
    [
        None,
        [],
        {},
        {"uri": "x"},
        {"uri": "x" * 500, "account": {}},
        {"uri": "x", "account": {}, "visibility": "private"},
        {"uri": "x", "account": {}, "reblog": {"uri": "y"}},
    ],
)
def test_what_is_no_public_post_is_passed_over(status):
    assert heard(status, "m.example") is None
    assert Place(5, 5).take(status, "m.example") is None


def test_a_strange_status_never_stops_the_stream():
    odd: dict[str, object] = {
        "uri": "x",
        "id": "01H8",
        "account": {"acct": 5, "followers_count": "x"},
    }
    odd |= {"created_at": 5, "content": None, "card": [], "media_attachments": {}, "language": 3}
    post = Place(5, 5).take(odd, "m.example")
    assert post is not None
    assert (post.text, post.reach) == ("", 0)
