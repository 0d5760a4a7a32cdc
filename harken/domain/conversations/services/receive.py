"""Taking in what the network says: posts, edits and deletions, each once, in any order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
from django.db import connection, transaction
from django.db.models.functions import Now
from psycopg.types.json import Jsonb

from harken.domain.channels.models import Channel, Cursor, Quarantined
from harken.domain.conversations.events import MessageReceived
from harken.domain.conversations.services.changes import (
    apply_deletion,
    apply_early_edits,
    apply_edit,
)
from harken.domain.conversations.services.ours import adopt_ours, keep_ours
from harken.domain.conversations.services.waiting import recompute
from harken.domain.journal.services import tell_many
from harken.kit.connector import (
    ContextPost,
    Image,
    Inbound,
    InboundPost,
    Page,
    PostDeleted,
    PostEdited,
    Unreadable,
)
from harken.kit.text import storable

RECEIVE = "SELECT stored, touched, settled, unfinished FROM conversations_receive(%s, %b, %b)"
BATCH = 200  # posts in one intake call; more only makes the transaction longer
LONGEST = 64_000  # characters kept of one post
Parse = Callable[[bytes], Sequence[Inbound]]


@dataclass(slots=True)
class Received:
    """What one page came to. `moved` is False when another reader had already moved the cursor."""

    stored: int = 0
    changed: int = 0
    quarantined: int = 0
    moved: bool = True


@dataclass(slots=True)
class _Sorted:
    """A page, parsed: `raws` are the bytes, posts carry their 1-based place in them."""

    raws: list[bytes] = field(default_factory=list)
    posts: list[tuple[InboundPost, int]] = field(default_factory=list)
    changes: list[PostEdited | PostDeleted] = field(default_factory=list)
    unreadable: list[tuple[bytes, str]] = field(default_factory=list)


def receive(channel: Channel, page: Page, parse: Parse, *, read_from: str | None) -> Received:
    """Store a page and move the cursor from `read_from` to `page.cursor`, in one transaction.

    Parsing happens before it. When the stored cursor is not `read_from` any more, another reader
    was faster and nothing is changed.
    """
    ready = _sort(page.items, parse)
    with transaction.atomic():
        cursor, _ = Cursor.objects.select_for_update().get_or_create(channel=channel)
        if cursor.value != (read_from or ""):
            return Received(moved=False)
        received = _store(channel, ready)
        if cursor.value != page.cursor:
            _move(cursor, page.cursor)
    return received


def receive_raw(channel: Channel, items: Sequence[bytes], parse: Parse) -> Received:
    """Store raw items that do not belong to the cursor's stream: re-read trees, replays."""
    ready = _sort(items, parse)
    with transaction.atomic():
        return _store(channel, ready)


def receive_posts(channel: Channel, posts: Sequence[Inbound]) -> Received:
    """Store posts that were never raw (demo history, tests)."""
    ready = _Sorted()
    for item in posts:
        _place(ready, item, 0)
    with transaction.atomic():
        return _store(channel, ready)


def _move(cursor: Cursor, value: str) -> None:
    Cursor.objects.filter(pk=cursor.pk).update(value=value, moved_at=Now())


def _sort(items: Sequence[bytes], parse: Parse) -> _Sorted:
    ready = _Sorted()
    for raw in items:
        try:
            parsed = parse(raw)
        except Unreadable as error:
            ready.unreadable.append((raw, str(error)))
            continue
        except Exception as error:  # a connector's fault must not stop its channel
            ready.unreadable.append((raw, f"{type(error).__name__}: {error}"))
            continue
        ready.raws.append(raw)
        for item in parsed:
            _place(ready, item, len(ready.raws))
    return ready


def _place(ready: _Sorted, item: Inbound, raw: int) -> None:
    if isinstance(item, InboundPost):
        ready.posts.append((item, raw))
    else:
        ready.changes.append(item)


def _store(channel: Channel, ready: _Sorted) -> Received:
    received = Received(quarantined=_quarantine(channel, ready.unreadable))
    theirs = [(post, raw) for post, raw in ready.posts if not post.by_us]
    ours = [post for post, _ in ready.posts if post.by_us]
    unfinished = False
    for start in range(0, len(theirs), BATCH):
        stored, more = _call(channel, theirs[start : start + BATCH], ready.raws)
        received.stored += stored
        unfinished = unfinished or more
    keep_ours(channel, ours)
    if ours or unfinished:
        ids = [post.external_id for post, _ in ready.posts]
        received.stored += adopt_ours(channel, ids)
        received.changed += apply_early_edits(channel, ids)
    # Deletions last: a tombstone of the same page buries its post whatever their order was.
    for change in sorted(ready.changes, key=lambda change: isinstance(change, PostDeleted)):
        if isinstance(change, PostEdited):
            received.changed += apply_edit(channel, change)
        else:
            received.changed += apply_deletion(channel, change)
    return received


def _call(
    channel: Channel, posts: Sequence[tuple[InboundPost, int]], raws: list[bytes]
) -> tuple[int, bool]:
    used: list[bytes] = []
    places: dict[int, int] = {0: 0}
    for _, raw in posts:
        if raw not in places:
            used.append(raws[raw - 1])
            places[raw] = len(used)
    rows = [_fields(post, places[raw]) for post, raw in posts]
    connection.ensure_connection()
    # The driver's own cursor: bytes travel as bytes and the statement stays prepared.
    row = connection.connection.execute(
        RECEIVE, [channel.pk, Jsonb(rows, dumps=msgspec.json.encode), used], prepare=True
    ).fetchone()
    stored, touched, settled, unfinished = row
    recompute(settled or ())
    tell_many(MessageReceived, touched or ())
    return int(stored), bool(unfinished)


def _fields(post: InboundPost, raw: int) -> dict[str, object]:
    author = post.author
    return {
        "external_id": post.external_id,
        "raw": raw or None,
        "author_id": author.external_id,
        "author_handle": storable(author.handle, 200),
        "author_name": storable(author.display_name, 200),
        "avatar_url": storable(author.avatar_url, 2000),
        "profile_url": storable(author.profile_url, 2000),
        "followers": author.followers,
        "body": storable(post.text, LONGEST),
        "sent_at": post.sent_at,
        "root_id": post.root_id,
        "parent_id": post.parent_id,
        "why": post.why,
        "lang": storable(post.lang, 12),
        "url": storable(post.url, 2000),
        "images": [_image(image) for image in post.images],
        "quoted": _quoted(post),
        "native": dict(post.native),
        "version": post.version,
        "ancestors": [context_fields(above) for above in post.ancestors],
    }


def _image(image: Image) -> dict[str, str]:
    return {
        "url": storable(image.url, 2000),
        "alt": storable(image.alt, 4000),
        "thumb": storable(image.thumb_url, 2000),
    }


def _quoted(post: InboundPost) -> dict[str, str] | None:
    if post.quoted is None:
        return None
    return {
        "external_id": post.quoted.external_id,
        "handle": storable(post.quoted.author.handle, 200),
        "name": storable(post.quoted.author.display_name, 200),
        "text": storable(post.quoted.text, LONGEST),
        "url": storable(post.quoted.url, 2000),
    }


def context_fields(post: ContextPost) -> dict[str, object]:
    """A context post as the intake function takes it."""
    return {
        "external_id": post.external_id,
        "parent_id": post.parent_id,
        "author_handle": storable(post.author.handle, 200),
        "author_name": storable(post.author.display_name, 200),
        "by_us": post.by_us,
        "body": storable(post.text, LONGEST),
        "images": [_image(image) for image in post.images],
        "sent_at": post.sent_at,
        "url": storable(post.url, 2000),
    }


def _quarantine(channel: Channel, unreadable: Sequence[tuple[bytes, str]]) -> int:
    rows = [
        Quarantined(
            channel=channel,
            sha256=hashlib.sha256(raw).digest(),
            raw=raw,
            error=storable(error, 2000),
        )
        for raw, error in unreadable
    ]
    return len(Quarantined.objects.bulk_create(rows, ignore_conflicts=True))
