"""Links, mentions, tags and lengths, held against the Bluesky apps' own code."""

from __future__ import annotations

from typing import Any

import pytest

from harken.connectors.bluesky import facets
from harken.connectors.bluesky.tests.texts import TEXTS
from harken.kit.connector import Length, Span, SpanKind
from tests.servers.atproto.richtext import oracle


@pytest.fixture(scope="module")
def original() -> dict[str, dict[str, Any]]:
    return dict(zip(TEXTS, oracle(TEXTS), strict=True))


@pytest.mark.atproto
@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_facets_are_those_of_the_apps(original, text):
    ours = [(one.start, one.end, str(one.kind), one.value) for one in facets.find(text)]
    theirs = [
        (one["start"], one["end"], one["kind"], one["value"]) for one in original[text]["facets"]
    ]
    assert ours == theirs


@pytest.mark.atproto
@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_lengths_are_those_of_the_apps(original, text):
    counted = facets.length(text)
    limits = {"characters": "graphemes", "bytes": "bytes"}
    assert counted.used == original[text][limits[counted.unit]]


def test_bytes_are_told_when_they_are_the_tighter_limit():
    assert facets.length("👩‍👩‍👧‍👦" * 120) == Length(3000, 3000, "bytes")
    assert facets.length("👩‍👩‍👧‍👦" * 121).left < 0
    assert facets.length("é" * 300) == Length(300, 300, "characters")


def test_a_mention_carries_the_did_and_an_unknown_handle_no_link():
    dids = {"ana.test": "did:plc:ana"}
    made = facets.facets("👋 @ana.test @ben.test", dids.get)
    assert made == [
        {
            "index": {"byteStart": 5, "byteEnd": 14},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:ana"}],
        }
    ]


def test_the_preview_names_where_each_part_leads():
    assert facets.preview("Hi @ana.test: example.org #late") == [
        Span(SpanKind.TEXT, "Hi "),
        Span(SpanKind.MENTION, "@ana.test", "https://bsky.app/profile/ana.test"),
        Span(SpanKind.TEXT, ": "),
        Span(SpanKind.LINK, "example.org", "https://example.org"),
        Span(SpanKind.TEXT, " "),
        Span(SpanKind.TAG, "#late", "https://bsky.app/hashtag/late"),
    ]
