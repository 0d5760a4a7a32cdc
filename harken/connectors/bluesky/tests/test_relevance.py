"""What a search hit has to do with us; no network."""

from __future__ import annotations

import pytest

from harken.connectors.bluesky.relevance import calls, carries_tag

US = "did:plc:us"
OURS = {"uri": f"at://{US}/app.bsky.feed.post/1", "cid": "x"}
THEIRS = {"uri": "at://did:plc:ana/app.bsky.feed.post/1", "cid": "x"}


def view(**record):
    return {"record": record}


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({}, ""),
        ({"facets": [{"features": [{"did": US}]}]}, "mention"),
        ({"facets": [{"features": [{"did": "did:plc:ana"}]}]}, ""),
        ({"reply": {"parent": OURS, "root": THEIRS}}, "reply"),
        ({"reply": {"parent": THEIRS, "root": OURS}}, ""),
        ({"embed": {"$type": "app.bsky.embed.record", "record": OURS}}, "quote"),
        ({"embed": {"$type": "x", "record": {"$type": "y", "record": OURS}, "media": {}}}, "quote"),
        ({"embed": {"record": THEIRS}}, ""),
        ({"facets": 5, "reply": [], "embed": "x"}, ""),
    ],
    ids=str,
)
def test_a_found_post_that_calls_us_says_so(record, why):
    assert calls(view(**record), US) == why


@pytest.mark.parametrize(
    ("record", "carried"),
    [
        ({"text": "so #late"}, True),
        ({"text": "so #Late!"}, True),
        ({"text": "so #later"}, False),
        ({"text": "so late"}, False),
        ({"text": "", "tags": ["Late"]}, True),
        ({"text": "", "facets": [{"features": [{"tag": "LATE"}]}]}, True),
        ({"text": None, "tags": [5], "facets": [{"features": [{"tag": 7}]}]}, False),
    ],
    ids=str,
)
def test_only_the_whole_hashtag_counts(record, carried):
    assert carries_tag(view(**record), "#late") is carried
