"""Recorded payloads as posts; no network."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.connectors.bluesky.parse import moment, parse
from harken.kit.connector import (
    Image,
    InboundPost,
    PostDeleted,
    Unreadable,
    Why,
)
from harken.kit.connector_contract.poison import assert_storable

FIXTURES = Path(__file__).parent.parent / "fixtures"
NAMES = sorted(path.stem for path in FIXTURES.glob("*.json"))
US = "did:plc:us"


def load(name):
    return json.loads((FIXTURES / f"{name}.json").read_text())


def read(item, us=US):
    (one,) = parse(json.dumps(item).encode(), us)
    return one


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_item_is_read_and_fits_the_database(name):
    assert_storable(read(load(name)))


def test_a_mention_is_complete():
    item = load("mention")
    post = read(item)
    assert isinstance(post, InboundPost)
    assert post.external_id == post.root_id == item["post"]["uri"]
    assert post.text.startswith("@bluebird-")
    assert (post.author.display_name, post.author.followers) == ("Ana Example 🚲", 0)
    assert (post.why, post.by_us, post.parent_id, post.lang) == (Why.MENTION, False, None, "en")
    assert post.native == {"cid": item["post"]["cid"]}
    assert (
        post.url
        == f"https://bsky.app/profile/{post.author.external_id}/post/"
        + (post.external_id.rsplit("/", 1)[1])
    )


def test_a_reply_has_its_place_and_the_posts_above_it():
    item = load("reply")
    post = read(item)
    root, middle = item["above"]
    assert (post.root_id, post.parent_id) == (root["uri"], middle["uri"])
    assert [above.external_id for above in post.ancestors] == [root["uri"], middle["uri"]]
    assert [above.parent_id for above in post.ancestors] == [None, root["uri"]]
    assert post.native["root_cid"] == root["cid"]


def test_the_pages_a_post_leads_to_are_whole_whatever_its_text_shows():
    item = load("mention")
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://shop.example/a/long/page"}
    odd = {"$type": "app.bsky.richtext.facet#link", "uri": 7}
    item["post"]["record"]["facets"] = [{"features": [link, link, odd]}, "odd", {"features": 1}]
    card = {"external": {"uri": "https://news.example/1"}}
    item["post"]["embed"] = {"$type": "app.bsky.embed.recordWithMedia#view", "media": card}
    assert read(item).links == ("https://shop.example/a/long/page", "https://news.example/1")
    assert read(load("mention")).links == ("https://example.org/timetable",)


def test_our_own_posts_are_known_as_ours():
    item = load("reply")
    us = item["above"][0]["author"]["did"]
    assert [above.by_us for above in read(item, us).ancestors] == [True, False]
    mine = load("thread")
    assert read(mine, mine["post"]["author"]["did"]).why is Why.OWN


def test_pictures_keep_their_descriptions():
    (image,) = read(load("images")).images
    assert image.alt == "A torn seat, foam showing"
    assert "/feed_fullsize/" in image.url
    assert "/feed_thumbnail/" in image.thumb_url


def test_a_quote_with_a_picture_has_both():
    post = read(load("quote"))
    assert post.quoted is not None
    assert post.quoted.text.startswith("From Monday")
    assert [image.alt for image in post.images] == ["The old timetable"]


@pytest.mark.parametrize("kind", ["viewNotFound", "viewBlocked", "viewDetached"])
def test_a_quote_of_a_post_we_may_not_see_is_still_a_post(kind):
    item = load("quote")
    gone = {"$type": f"app.bsky.embed.record#{kind}", "uri": "at://x/y/z", "notFound": True}
    item["post"]["embed"]["record"]["record"] = gone
    assert read(item).quoted is None


def test_a_video_is_shown_by_its_still():
    item = load("mention")
    item["post"]["embed"] = {
        "$type": "app.bsky.embed.video#view",
        "thumbnail": "https://video.example/still.jpg",
        "alt": "The train leaves",
    }
    still = "https://video.example/still.jpg"
    assert read(item).images == (Image(still, "The train leaves", still),)


def test_a_deletion_names_the_post():
    item = load("deleted")
    when = datetime.fromisoformat(item["at"])
    assert read(item) == PostDeleted(item["uri"], when)


def test_a_post_from_the_future_was_sent_when_the_network_saw_it():
    item = load("mention")
    item["post"]["record"]["createdAt"] = "2099-01-01T00:00:00Z"
    assert read(item).sent_at == moment(item["post"]["indexedAt"])


@pytest.mark.parametrize("when", ["yesterday", "", None, 5, "2026-11-21", "0001-01-01T00:00:00Z"])
def test_a_post_with_an_odd_date_was_sent_when_the_network_saw_it(when):
    item = load("mention")
    item["post"]["record"]["createdAt"] = when
    assert read(item).sent_at == moment(item["post"]["indexedAt"])


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_what_the_database_cannot_hold_is_replaced(text):
    item = load("mention")
    item["post"]["record"]["text"] = text
    assert read(item).text == "a\ufffdb"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", 7])
def test_an_avatar_that_is_no_web_address_is_left_out(url):
    item = load("mention")
    item["post"]["author"]["avatar"] = url
    assert read(item).author.avatar_url == ""


@pytest.mark.parametrize(
    "change",
    [
        {"uri": "at://not-a-did/app.bsky.feed.post/1"},
        {"uri": "https://example.org"},
        {"uri": "at://did:plc:a/app.bsky.feed.post/" + "x" * 600},
        {"uri": "at://did:plc:someoneelse/app.bsky.feed.post/1"},
        {"cid": "\x00"},
        {"indexedAt": "never"},
        {"record": {"text": "🤖" * 250_000}},
        {"record": {"text": "x", "reply": {"parent": {"uri": "x"}}}},
        {"record": []},
        {"author": "ana"},
    ],
    ids=str,
)
def test_an_impossible_post_is_unreadable(change):
    item = load("mention")
    item["post"] |= change
    with pytest.raises(Unreadable):
        read(item)


def test_a_reply_without_a_root_hangs_on_its_parent():
    item = load("reply")
    del item["post"]["record"]["reply"]["root"]
    post = read(item)
    assert post.root_id == post.parent_id


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_random_bytes_are_unreadable(raw):
    with pytest.raises(Unreadable):
        parse(raw, US)
