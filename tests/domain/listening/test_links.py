"""Where a stored post leads to is known from the network's own words, not only from its text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harken.domain.channels.models import Channel
from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Message
from harken.domain.conversations.services.receive import receive_raw
from harken.domain.listening.models import MonitorHit
from harken.domain.listening.queries import preview
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.stored import posts_of
from harken.kit import clock

PAGE = "https://shop.example/offers/a-very-long-way/1"


@pytest.fixture
def bluesky(company) -> Channel:
    return Channel.objects.create(
        brand=company.brand,
        team=company.service,
        network="bluesky",
        external_id="did:plc:us",
        handle="us.example",
        service="https://pds.example",
    )


def item(number: int, text: str, **more: Any) -> bytes:
    """A post as the network hands it over; `more` stands in its record."""
    did = f"did:plc:person{number}"
    uri = f"at://{did}/app.bsky.feed.post/3k{number}"
    now = clock.now().isoformat()
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": now, **more}
    author = {"did": did, "handle": f"person{number}.example"}
    post = {"uri": uri, "cid": "bafyone", "author": author, "record": record, "indexedAt": now}
    return json.dumps({"kind": "post", "why": "mention", "post": post}).encode()


def store(channel: Channel, *items: bytes) -> list[int]:
    receive_raw(channel, items, pure_connector(channel).parse)
    return list(Message.objects.order_by("pk").values_list("pk", flat=True))


def linking() -> dict[str, Any]:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": PAGE}
    return {"facets": [{"index": {"byteStart": 0, "byteEnd": 4}, "features": [feature]}]}


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["site:shop.example meridian", "meridian has:link"])
def test_a_link_that_the_text_does_not_show_is_heard_and_previewed(
    company, monitor, bluesky, query
):
    ours = monitor(query)
    ids = store(bluesky, item(1, "meridian, look here", **linking()), item(2, "meridian, no link"))
    ear = Ear()
    ear.refresh()
    assert ear.hear(posts_of(ids)) == 1
    hit = MonitorHit.objects.get(monitor=ours)
    assert hit.message
    assert hit.message.body == "meridian, look here"
    assert preview(query, company.maren).found == 1


@pytest.mark.django_db
def test_what_was_edited_leads_where_its_text_says(company, bluesky):
    ids = store(bluesky, item(1, "meridian, look here", **linking()))
    assert posts_of(ids)[0].heard.links == (PAGE,)
    Message.objects.update(edited_at=clock.now(), body="meridian, nothing here")
    assert posts_of(ids)[0].heard.links == ()


@pytest.mark.django_db
def test_words_that_cannot_be_read_any_more_do_not_silence_a_post(company, bluesky):
    ids = store(bluesky, item(1, "meridian, look here", **linking()))
    Message.objects.update(raw=b"{")
    assert [(post.heard.text, post.heard.links) for post in posts_of(ids)] == [
        ("meridian, look here", ())
    ]
