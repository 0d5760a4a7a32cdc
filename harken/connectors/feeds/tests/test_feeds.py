"""Feeds from a real web server: what is heard, what is asked, what is refused."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime

import pytest

from harken.connectors.feeds import Feed
from harken.connectors.feeds.parse import MOST_ENTRIES, document
from harken.connectors.feeds.source import MOST_BYTES
from harken.kit import clock, http
from harken.kit.connector import ConnectorError, RateLimited
from harken.kit.source import Caught, Source
from tests.servers.listener import Listener
from tests.servers.site import Answer, Site, site

pytestmark = pytest.mark.usefixtures("loopback_allowed")

KIND = "application/rss+xml"


@pytest.fixture
def blog() -> Iterator[Site]:
    with site() as made:
        yield made


def item(n: object, *, days: float = 0, more: str = "", body: str = "") -> str:
    date = format_datetime(clock.now() - timedelta(days=days))
    return (
        f"<item><title>Post {n}</title><link>https://blog.example/{n}</link>"
        f"<guid>https://blog.example/{n}</guid><dc:creator>Bo</dc:creator>"
        f"<pubDate>{date}</pubDate><description>{body}</description>{more}</item>"
    )


def rss(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:wfw="http://wellformedweb.org/CommentAPI/"><channel><title>Blog</title>'
        f"<language>nl</language>{''.join(items)}</channel></rss>"
    )


def looked(source: Feed, cursor: str | None = None, looks: int = 1) -> list[Caught]:
    """What the source has in its first `looks` looks."""
    stream = source.open(cursor, threading.Event())
    return [next(stream) for _ in range(looks)]


def test_a_feed_is_a_source(blog):
    assert isinstance(Feed(blog.url), Source)


def test_an_article_is_heard_with_what_it_carries(blog):
    picture = '<enclosure url="https://blog.example/a.jpg" type="image/jpeg" length="1"/>'
    body = '&lt;p&gt;About &lt;a href="https://x.example/"&gt;bags&lt;/a&gt; &amp;amp; more'
    blog.put("/feed", rss(item(1, body=body, more=picture)))
    (caught,) = looked(Feed(f"{blog.url}/feed"))
    (post,) = caught.posts
    assert post.text == "Post 1\n\nAbout bags & more"
    assert (post.network, post.author, post.lang, post.pictures) == ("feeds", "Bo", "nl", 1)
    assert post.links == ("https://blog.example/1", "https://x.example/")
    assert abs(clock.now() - post.sent_at) < timedelta(minutes=1)


def test_atom_is_read_as_well(blog):
    now = clock.now().isoformat()
    blog.put(
        "/atom",
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>B</title><entry>'
        f"<id>tag:blog.example,2026:1</id><title>A &lt;b&gt; b</title><updated>{now}</updated>"
        '<link href="https://blog.example/1"/><author><name>Bo</name></author>'
        '<content type="html">&lt;p&gt;Hi&lt;/p&gt;</content></entry></feed>',
        "application/atom+xml",
    )
    (post,) = looked(Feed(f"{blog.url}/atom"))[0].posts
    assert (post.text, post.lang) == ("A <b> b\n\nHi", "de")


def test_an_unchanged_feed_is_not_sent_again(blog):
    blog.put("/feed", rss(item(1)))
    first, second, third = looked(Feed(f"{blog.url}/feed", every=0), looks=3)
    assert len(first.posts) == 1
    assert (second.posts, third.posts) == ((), ())
    etag = blog.pages["/feed"].headers["etag"]
    assert [headers.get("if-none-match") for _, headers in blog.asked] == [None, etag, etag]


def test_a_server_that_tells_a_date_is_asked_with_it(blog):
    told = "Sun, 22 Nov 2026 04:00:00 GMT"
    blog.pages["/feed"] = Answer(rss(item(1)).encode(), headers={"last-modified": told})
    first, second = looked(Feed(f"{blog.url}/feed", every=0), looks=2)
    assert blog.asked[1][1]["if-modified-since"] == told
    assert (len(first.posts), second.posts) == (1, ())  # this server sends it all again


def test_of_a_feed_first_read_only_the_news_are_heard_and_later_everything(blog):
    undated = "<item><title>Undated</title><guid>u1</guid></item>"
    blog.put("/feed", rss(item(1, days=1), item(2, days=30), undated))
    source = Feed(f"{blog.url}/feed", every=0)
    (first,) = looked(source)
    blog.put("/feed", rss(item(3, days=40), undated.replace("u1", "u2"), item(1), item(2)))
    (second,) = looked(source, first.cursor)
    assert [post.text.split("\n")[0] for post in first.posts] == ["Post 1"]
    assert [post.text for post in second.posts] == ["Post 3", "Undated"]


def test_comments_below_articles_are_heard(blog):
    commented = f"<wfw:commentRss>{blog.url}/1/feed</wfw:commentRss>"
    closed = f"<wfw:commentRss>{blog.url}/2/feed</wfw:commentRss>"
    blog.put("/feed", rss(item(1, more=commented), item(2, more=closed)))
    comment = item("c1", body="Mine broke as well").replace("Post c1", "By: Mila")
    blog.put("/1/feed", rss(comment))
    source = Feed(f"{blog.url}/feed", comments=True, every=0)
    caught = looked(source, looks=3)
    assert [len(each.posts) for each in caught] == [2, 1, 0]
    assert caught[1].posts[0].text == "Mine broke as well"
    again = looked(source, caught[-1].cursor, looks=3)
    assert [each.posts for each in again] == [(), (), ()]
    assert not any(each.trouble for each in caught)


def test_comments_below_articles_of_an_atom_feed_are_heard(blog):
    """As RFC 4685 has them: a type may be missing, a page is no feed, a count may be stale."""

    def entry(n: int, links: str) -> str:
        now = f"<updated>{clock.now().isoformat()}</updated>"
        return f"<entry><id>tag:{n}</id><title>Post {n}</title>{now}{links}</entry>"

    below = f"{blog.url}/comments"
    replies = '<link rel="replies" thr:count="{count}" href="{to}"{kind}/>'
    blog.put(
        "/feed",
        '<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:thr="http://purl.org/syndication/thread/1.0">'
        + entry(1, replies.format(count=1, to=f"{below}/1", kind=""))
        + entry(2, replies.format(count=0, to=f"{below}/2", kind=' type="application/atom+xml"'))
        + entry(3, replies.format(count=1, to=f"{below}/page", kind=' type="text/html"'))
        + "</feed>",
        "application/atom+xml",
    )
    for number in (1, 2):
        blog.put(f"/comments/{number}", rss(item(f"c{number}", body=f"Comment {number}")))
    caught = looked(Feed(f"{blog.url}/feed", comments=True, every=0), looks=3)
    assert [[post.text for post in each.posts] for each in caught[1:]] == [
        ["Comment 1"],
        ["Comment 2"],
    ]
    assert f"{below}/page".removeprefix(blog.url) not in [path for path, _ in blog.asked]


def test_twenty_kills_and_an_outage_miss_nothing_and_give_nothing_twice(blog):
    listener = Listener(lambda: Feed(f"{blog.url}/feed", every=0.01))
    blog.put("/feed", rss())
    ended = threading.Event()

    def write() -> None:
        items: list[str] = []
        while listener.deaths < 20:
            items.insert(0, item(len(items)))
            blog.put("/feed", rss(*items))
            if len(items) == 10:
                blog.statuses += [500, -1]
            ended.wait(0.05)
        blog.put("/feed", rss(item("last"), *items))
        ended.set()

    threading.Thread(target=write, daemon=True).start()
    listener.until(ended.is_set, dies=random.Random(3))
    listener.until(lambda: "Post last" in listener.texts.values())
    number = len(listener.stored) - 1
    assert set(listener.stored.values()) == {1}
    assert set(listener.texts.values()) == {*(f"Post {n}" for n in range(number)), "Post last"}
    assert listener.troubles


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>',
        '<!DOCTYPE r [<!entity x SYSTEM "file:///etc/passwd">]><rss><channel>&x;</channel></rss>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1/p"> %p;]><rss></rss>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_entities_are_refused_in_any_encoding(text, encoding):
    raw = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    with pytest.raises(ConnectorError, match=r"entities|not a feed"):
        document(raw, KIND, "https://blog.example/feed")


def test_a_feed_larger_than_we_take_is_refused(blog):
    blog.put("/feed", rss(item(1)) + " " * MOST_BYTES)
    (caught,) = looked(Feed(f"{blog.url}/feed"))
    assert "AnswerTooLarge" in caught.trouble


def test_a_packed_feed_is_refused(blog):
    blog.pages["/feed"] = Answer(b"x", headers={"content-encoding": "gzip"})
    (caught,) = looked(Feed(f"{blog.url}/feed"))
    assert "packed" in caught.trouble


def test_a_feed_of_very_many_entries_is_cut(blog):
    raw = rss(*(f"<item><title>{n}</title></item>" for n in range(2000))).encode()
    assert len(document(raw, KIND, "https://a.example/").entries) == MOST_ENTRIES


def test_a_page_that_is_no_feed_says_so(blog):
    blog.put("/", "<html><body>Hello</body></html>", "text/html")
    (caught,) = looked(Feed(blog.url))
    assert "not a feed" in caught.trouble


def test_redirects_are_followed_a_few_times_and_never_inside(blog):
    blog.put("/feed", rss(item(1)))
    blog.pages["/old"] = Answer(status=301, headers={"location": "/feed"})
    blog.pages["/round"] = Answer(status=302, headers={"location": "/round"})
    blog.pages["/in"] = Answer(status=302, headers={"location": "http://10.0.0.1/secret"})
    assert len(looked(Feed(f"{blog.url}/old"))[0].posts) == 1
    assert "too often" in looked(Feed(f"{blog.url}/round"))[0].trouble
    with pytest.raises(ConnectorError, match="AddressRefused"):
        looked(Feed(f"{blog.url}/in"))


def test_a_feed_in_the_own_network_is_not_read():
    http.allow_private_hosts([])
    with pytest.raises(ConnectorError, match="only https") as refused:
        looked(Feed("http://127.0.0.1/feed"))
    assert refused.value.permanent


def test_a_server_that_asks_for_a_pause_gets_it(blog):
    blog.pages["/feed"] = Answer(status=429, headers={"retry-after": "77"})
    with pytest.raises(RateLimited) as limited:
        list(Feed(f"{blog.url}/feed")._round(None, threading.Event()))
    assert limited.value.retry_after == 77


def test_no_feed_takes_the_names_of_another_ones_posts():
    raw = rss(item(1)).encode()
    own = document(raw, KIND, "https://blog.example/feed").entries[0].post
    other = document(raw, KIND, "https://thief.example/feed").entries[0].post
    assert own.uri == "https://blog.example/1"
    assert other.uri.startswith("https://thief.example/feed#")


@pytest.mark.parametrize(
    "inside", ["<item>" * 50_000, "<item><description>" + "<a>" * 100_000, "<b " * 100_000]
)
def test_a_document_made_to_keep_us_busy_ends(inside):
    began = time.monotonic()
    with suppress(ConnectorError):
        document(rss(inside).encode(), KIND, "https://a.example/")
    assert time.monotonic() - began < 60
