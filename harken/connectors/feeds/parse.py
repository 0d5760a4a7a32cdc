"""A document of a feed as posts, and the feeds of comments it points to.

Sources: RSS 2.0 (rssboard.org), Atom (RFC 4287), threading extensions (RFC 4685: links `replies`)
and the comment API's `wfw:commentRss`. feedparser knows them and the many ways to get them wrong;
it is given bytes only and fetches nothing.
"""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import feedparser
from feedparser.encodings import convert_to_utf8

from harken.kit import clock
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.markup import plain, web_address
from harken.kit.source import MOST_TEXT, short
from harken.kit.text import storable

MOST_ENTRIES = 500  # of one document, the first ones
LONGEST_URI = 400
LONGEST_NAME = 200
_LINK = re.compile(rb"(<(?:\w+:)?link\b)([^<>]*>)")
_TO_REPLIES = re.compile(rb"""\brel\s*=\s*["']replies["']""")
_HAS_TYPE = re.compile(rb"\btype\s*=")
UTF8 = {"content-type": "application/xml; charset=utf-8"}


class Entry(NamedTuple):
    """One entry: its post, and whether the feed itself said when it was written."""

    post: Heard
    is_dated: bool


class Document(NamedTuple):
    """What a feed lists now; `comments` are the addresses of the feeds below its entries."""

    entries: list[Entry]
    comments: list[str]


def document(raw: bytes, content_type: str, url: str, *, below: bool = False) -> Document:
    """Read the feed at `url`; `below` says that it holds comments, whose titles say nothing.

    Raises `ConnectorError` for what is no feed, and for one that declares entities: no feed needs
    them, and a few lines of them unfold to gigabytes.
    """
    parsed = _parsed(raw, content_type, url)
    language = parsed.feed.get("language")
    chosen = parsed.entries[:MOST_ENTRIES]
    entries = [found for entry in chosen if (found := _entry(entry, url, language, below))]
    comments = [address for entry in chosen for address in _comments(entry, url)]
    return Document(entries, list(dict.fromkeys(comments)))


def _parsed(raw: bytes, content_type: str, url: str) -> Any:
    # Decoded here, so that what is looked through for entities is what will be parsed.
    text = convert_to_utf8({"content-type": content_type}, raw, feedparser.FeedParserDict())
    if b"<!entity" in text.lower():
        raise ConnectorError(f"{url}: the feed declares entities of its own and is not read")
    parsed = feedparser.parse(
        io.BytesIO(_LINK.sub(_typed, text)),
        response_headers=UTF8,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        raise ConnectorError(f"{url}: not a feed")
    return parsed


def _typed(link: re.Match[bytes]) -> bytes:
    """A link to replies without a type leads to a feed (RFC 4685, 4); feedparser says: a page."""
    name, rest = link[1], link[2]
    if _TO_REPLIES.search(rest) and not _HAS_TYPE.search(rest):
        return name + b' type="application/atom+xml"' + rest
    return link[0]


def _entry(entry: Any, url: str, language: object, below: bool) -> Entry | None:
    title = "" if below else _words(entry.get("title_detail"))[0]
    body, links = _words(_body(entry))
    text = f"{title}\n\n{body}".strip()
    page = web_address(urljoin(url, str(entry.get("link") or "")))
    if not text:
        return None
    sent_at = _time(entry)
    now = clock.now()
    post = Heard(
        network="feeds",
        uri=_uri(str(entry.get("id") or page or text), url),
        author=storable(str(entry.get("author") or ""), LONGEST_NAME),
        text=storable(text, MOST_TEXT),
        lang=_lang(_body(entry).get("language") or language),
        sent_at=min(sent_at or now, now),
        links=tuple(dict.fromkeys([page, *links] if page else links)),
        pictures=sum(1 for _ in _pictures(entry)),
        url=page,
    )
    return Entry(post, sent_at is not None)


def _uri(id_: str, url: str) -> str:
    """A name for ever. An id counts as a name of its own only on the feed's own host.

    Otherwise any feed could take the names of another one's posts.
    """
    try:
        is_own = urlsplit(web_address(id_)).netloc == urlsplit(url).netloc
    except ValueError:
        is_own = False
    named = id_ if is_own else f"{url}#{short(id_)}"
    return named if len(named) <= LONGEST_URI else f"{url[:300]}#{short(id_)}"


def _body(entry: Any) -> Any:
    whole = entry.get("content")
    return whole[0] if whole else entry.get("summary_detail") or {}


def _words(detail: Any) -> tuple[str, tuple[str, ...]]:
    """The text of an element, and the pages it links to."""
    value = str((detail or {}).get("value") or "")
    return (value.strip(), ()) if (detail or {}).get("type") == "text/plain" else plain(value)


def _lang(said: object) -> str:
    return said if isinstance(said, str) and len(said) <= 35 else ""


def _time(entry: Any) -> datetime | None:
    said = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(said), UTC) if said else None
    except (ValueError, OverflowError, OSError):
        return None


def _pictures(entry: Any) -> Iterator[str]:
    shown = [*entry.get("media_content", ()), *entry.get("links", ())]
    for each in shown:
        kind = str(each.get("medium") or each.get("type") or "")
        if each.get("rel", "enclosure") == "enclosure" and kind.startswith(("image", "video")):
            yield kind


def _comments(entry: Any, url: str) -> Iterator[str]:
    said = [entry.get("wfw_commentrss")]
    said += [
        link.get("href")
        for link in entry.get("links", ())
        if link.get("rel") == "replies" and "xml" in str(link.get("type"))
    ]
    for each in said:
        address = web_address(urljoin(url, str(each))) if each else ""
        if address:
            yield address
