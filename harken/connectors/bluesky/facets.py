"""Links, mentions and tags in a text, as the Bluesky apps find them; and how long it counts.

The finding is the SDK's, a port of the apps' own code; our tests hold it against the original.
Facets are measured in UTF-8 bytes, end exclusive. Source: docs.bsky.app/docs/advanced-guides/
post-richtext; the limits are those of the lexicon app.bsky.feed.post.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex

from harken.connectors.bluesky.addresses import PAGES
from harken.kit.connector import Length, Span, SpanKind

MOST_GRAPHEMES = 300
MOST_BYTES = 3000
_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of text with a meaning, in UTF-8 bytes. `value`: URL, handle or tag."""

    start: int
    end: int
    kind: SpanKind
    value: str


def length(text: str) -> Length:
    """Graphemes against 300 or bytes against 3000, whichever is nearer to its limit."""
    graphemes = sum(1 for _ in _GRAPHEME.finditer(text))
    size = len(_utf8(text))
    if size * MOST_GRAPHEMES > graphemes * MOST_BYTES:
        return Length(size, MOST_BYTES, "bytes")
    return Length(graphemes, MOST_GRAPHEMES, "characters")


def find(text: str) -> list[Found]:
    """Everything the apps would make clickable, in order, without overlaps."""
    library = _library()
    found = [
        Found(mention.byte_start, mention.byte_end, SpanKind.MENTION, mention.handle)
        for mention in library.detect_mentions(text)
    ]
    for facet in library.detect_facets(text):
        feature, index = facet.features[0], facet.index
        uri = getattr(feature, "uri", None)
        kind, value = (SpanKind.LINK, uri) if uri else (SpanKind.TAG, feature.tag)
        found.append(Found(index.byte_start, index.byte_end, kind, value))
    return list(_apart(sorted(found, key=lambda one: (one.start, -one.end))))


def preview(text: str) -> list[Span]:
    """The text in spans as the public will see it; joined they are the text."""
    clean = _utf8(text).decode()
    return list(_spans(clean.encode(), find(clean)))


def facets(text: str, resolve: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """The `facets` of a post record. `resolve` gives the DID of a handle, None if nobody has it."""
    made = []
    for one in find(text):
        feature = _feature(one, resolve)
        if feature:
            index = {"byteStart": one.start, "byteEnd": one.end}
            made.append({"index": index, "features": [feature]})
    return made


def _feature(one: Found, resolve: Callable[[str], str | None]) -> dict[str, str] | None:
    if one.kind is SpanKind.LINK:
        return {"$type": "app.bsky.richtext.facet#link", "uri": one.value}
    if one.kind is SpanKind.TAG:
        return {"$type": "app.bsky.richtext.facet#tag", "tag": one.value}
    did = resolve(one.value)
    return {"$type": "app.bsky.richtext.facet#mention", "did": did} if did else None


def _spans(text: bytes, found: list[Found]) -> Iterator[Span]:
    at = 0
    for one in found:
        if one.start > at:
            yield Span(SpanKind.TEXT, text[at : one.start].decode())
        yield Span(one.kind, text[one.start : one.end].decode(), _target(one))
        at = one.end
    if at < len(text):
        yield Span(SpanKind.TEXT, text[at:].decode())


def _target(one: Found) -> str:
    if one.kind is SpanKind.MENTION:
        return f"{PAGES}/profile/{one.value}"
    if one.kind is SpanKind.TAG:
        return f"{PAGES}/hashtag/{one.value}"
    return one.value


def _apart(found: list[Found]) -> Iterator[Found]:
    end = 0
    for one in found:
        if one.start >= end:
            yield one
            end = one.end


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


@cache
def _library() -> Any:
    """The SDK costs 0.7 s and 35 MB to load, so only a process that composes pays for it."""
    from atproto_client.utils import facet_detection

    return facet_detection
