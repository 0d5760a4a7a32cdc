"""Raw items to posts; pure. Strangers write these records: every value may be anything.

Source: lexicons app.bsky.feed.defs#postView, app.bsky.feed.post and app.bsky.embed.*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from harken.connectors.bluesky import lenient
from harken.connectors.bluesky.addresses import AtUri, post_page, profile_page
from harken.connectors.bluesky.embeds import images_of, links_of, quoted_view, web_address
from harken.connectors.bluesky.xrpc import Json
from harken.kit.connector import (
    Author,
    ContextPost,
    Inbound,
    InboundPost,
    PostDeleted,
    QuotedPost,
    Unreadable,
    Why,
)
from harken.kit.text import storable

MOST_ITEM_BYTES = 2_000_000
MOST_TEXT = 10_000  # characters; the network itself allows 300 graphemes in 3000 bytes
MOST_NAME = 640
_CID = re.compile(r"[A-Za-z0-9+=/_-]{1,200}")
ODD = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)


def parse(raw: bytes, us: str) -> list[Inbound]:
    """The post or deletion in a raw item. `us` is our own DID. Raises `Unreadable`, only."""
    if len(raw) > MOST_ITEM_BYTES:
        raise Unreadable(f"an item of {len(raw)} bytes")
    try:
        item = lenient.load(raw)
        if item["kind"] == "deleted":
            return [PostDeleted(str(AtUri.read(item["uri"])), _surely(moment(item["at"])))]
        if item["kind"] == "post":
            return [_post(item, us)]
    except ODD as error:
        raise Unreadable(f"{type(error).__name__}: {str(error)[:200]}") from error
    raise Unreadable(f"an item of the kind {str(item['kind'])[:40]!r}")


def _post(item: Json, us: str) -> InboundPost:
    view, record = item["post"], item["post"]["record"]
    uri = AtUri.read(view["uri"])
    author = _author(view["author"], item.get("followers"))
    if author.external_id != uri.repo:
        raise ValueError("the author does not own the post")
    by_us = author.external_id == us
    root, parent = _place(record)
    indexed = _surely(moment(view["indexedAt"]))
    return InboundPost(
        external_id=str(uri),
        author=author,
        text=_text(record),
        sent_at=sent_at(record, indexed),
        root_id=str(root or uri),
        parent_id=str(parent) if parent else None,
        why=Why.OWN if by_us else Why(item["why"]),
        by_us=by_us,
        lang=_language(record),
        url=post_page(uri),
        images=images_of(view.get("embed")),
        links=links_of(record.get("facets"), view.get("embed")),
        quoted=_quoted(view.get("embed")),
        ancestors=tuple(_context(above, us) for above in item.get("above") or ()),
        version=indexed.astimezone(UTC).isoformat(timespec="microseconds"),
        native=_native(view, record),
    )


def _context(view: Json, us: str) -> ContextPost:
    uri, record = AtUri.read(view["uri"]), view["record"]
    author = _author(view["author"])
    _, parent = _place(record)
    return ContextPost(
        external_id=str(uri),
        author=author,
        text=_text(record),
        sent_at=sent_at(record, _surely(moment(view["indexedAt"]))),
        parent_id=str(parent) if parent else None,
        by_us=author.external_id == us,
        url=post_page(uri),
        images=images_of(view.get("embed")),
    )


def _quoted(embed: object) -> QuotedPost | None:
    """The quoted post; None when there is none, or it is gone or hidden from us."""
    view = quoted_view(embed)
    if view is None:
        return None
    try:
        uri = AtUri.read(view["uri"])
        return QuotedPost(str(uri), _author(view["author"]), _text(view["value"]), post_page(uri))
    except ODD:
        return None


def _author(view: Json, followers: object = None) -> Author:
    did = view["did"]
    if not isinstance(did, str) or not did.startswith("did:") or len(did) > 300:
        raise ValueError("an author without a DID")
    return Author(
        external_id=did,
        handle=_name(view.get("handle"), 253) or did,
        display_name=_name(view.get("displayName"), MOST_NAME),
        avatar_url=web_address(view.get("avatar")),
        followers=followers if isinstance(followers, int) and 0 <= followers < 2**31 else None,
        profile_url=profile_page(did),
    )


def _place(record: Json) -> tuple[AtUri | None, AtUri | None]:
    """Root and parent of a reply. A root that is missing or broken is taken to be the parent."""
    reply = record.get("reply")
    if reply is None:
        return None, None
    parent = AtUri.read(reply["parent"]["uri"])
    try:
        return AtUri.read(reply["root"]["uri"]), parent
    except ODD:
        return parent, parent


def _native(view: Json, record: Json) -> dict[str, str]:
    """What a reply must name again: the content hash of this post and of its root."""
    native = {"cid": _cid(view["cid"])}
    reply = record.get("reply")
    root = reply.get("root") if isinstance(reply, dict) else None
    if isinstance(root, dict) and root.get("cid"):
        native["root_cid"] = _cid(root["cid"])
    return native


def _cid(value: object) -> str:
    if not isinstance(value, str) or not _CID.fullmatch(value):
        raise ValueError("no content hash")
    return value


def _text(record: Json) -> str:
    text = record["text"]
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        raise ValueError("a text that is no text, or longer than any post can be")
    return storable(text, MOST_TEXT)


def _name(value: object, limit: int) -> str:
    return storable(value, limit) if isinstance(value, str) else ""


def _language(record: Json) -> str:
    langs = record.get("langs")
    first = langs[0] if isinstance(langs, list) and langs else ""
    return first[:35] if isinstance(first, str) and first.isascii() and first.isprintable() else ""


def sent_at(record: Json, indexed: datetime) -> datetime:
    """When the post was written: the author's word, but never later than the network saw it."""
    return min(moment(record.get("createdAt")) or indexed, indexed)


def moment(value: object) -> datetime | None:
    """An RFC 3339 time as aware UTC; None when it is none, or no time a post can have."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        # Far years overflow when a zone is applied to them, so they are sorted out first.
        if time.tzinfo is None or not 2000 <= time.year <= 2200:
            return None
        return time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _surely(time: datetime | None) -> datetime:
    if time is None:
        raise ValueError("no readable time")
    return time


def ancestors_of(thread: object) -> list[Json]:
    """The readable posts above the post of a thread answer, oldest first.

    The chain ends at the first post that is deleted or hidden from us.
    """
    return list(_upwards(thread))[::-1]


def _upwards(thread: object) -> Iterator[Json]:
    node: Any = thread.get("parent") if isinstance(thread, dict) else None
    while isinstance(node, dict) and isinstance(node.get("post"), dict):
        yield node["post"]
        node = node.get("parent")
