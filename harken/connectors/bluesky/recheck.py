"""Reading followed conversations again: follow-ups nobody notified us of, and deletions.

The posts we hold are read many in one call. Only below a post that has more replies than we hold
is the thread read, so that hundreds of quiet conversations cost a few calls.
Bluesky has no edits: a changed record is shown by nobody, so there is nothing to report.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from harken.connectors.bluesky.addresses import AtUri
from harken.connectors.bluesky.items import packed, packed_deletion
from harken.connectors.bluesky.posts import posts
from harken.connectors.bluesky.relevance import objects
from harken.connectors.bluesky.session import Session
from harken.connectors.bluesky.xrpc import Json, Rejected
from harken.kit import clock
from harken.kit.connector import ConnectorError, Followed, RateLimited, SessionLost, Why

DEPTH = 100  # levels of replies read at once; what lies deeper is read from its own post
BRANCHES = 10  # separate branches of one tree that are read in one recheck, each in its turn


def recheck(session: Session, trees: Sequence[Followed]) -> tuple[bytes, ...]:
    """Follow-ups below, and deletions among, the posts we hold.

    A tree that cannot be read now is left for the next time; when none can, that error is raised.
    """
    items: list[bytes] = []
    failed: ConnectorError | None = None
    views = posts(session, [uri for tree in trees for uri in _readable(tree.external_ids)])
    read = 0
    for tree in trees:
        try:
            items += _tree(session, tree, views)
            read += 1
        except (RateLimited, SessionLost):
            raise
        except ConnectorError as error:
            failed = error
    if failed is not None and read == 0:
        raise failed
    return tuple(items)


def is_gone(session: Session, uri: str) -> bool:
    """Whether the author's own repository says that the post is not there.

    The AppView alone is not believed: it also leaves out posts it has not indexed, or of people
    who block us. Only the word "RecordNotFound" counts, never an error or a silence.
    """
    address = AtUri.read(uri)
    query = {"repo": address.repo, "collection": address.collection, "rkey": address.rkey}
    try:
        session.get("com.atproto.repo.getRecord", query)
    except Rejected as error:
        return error.name == "RecordNotFound"
    return False


def _tree(session: Session, tree: Followed, views: Mapping[str, Json]) -> list[bytes]:
    ours = set(tree.external_ids)
    held = Counter(_parent(views[uri]) for uri in ours if uri in views)
    met: dict[str, Json] = {}
    items: list[bytes] = []
    branches = 0
    for uri in _some_first(_readable(tree.external_ids)):
        if uri not in views:
            if is_gone(session, uri):
                items.append(packed_deletion(uri, clock.now()))
        elif uri not in met and branches < BRANCHES and _has_more(views[uri], held[uri]):
            branches += 1
            met |= {str(view.get("uri")): view for view in _views(_thread(session, uri))}
    items += [packed(view, Why.THREAD) for uri, view in met.items() if uri not in ours]
    return items


def _readable(uris: Sequence[str]) -> list[str]:
    """Those that are addresses of records: a single other one would spoil the whole call."""
    found = []
    for uri in uris:
        with suppress(ValueError):
            found.append(str(AtUri.read(uri)))
    return found


def _has_more(view: Json, held: int) -> bool:
    """Whether a post has more replies than we hold; also when the server does not say."""
    count = view.get("replyCount")
    return not isinstance(count, int) or count > held


def _parent(view: Json) -> str:
    record = view.get("record")
    reply = record.get("reply") if isinstance(record, dict) else None
    parent = reply.get("parent") if isinstance(reply, dict) else None
    return str(parent.get("uri")) if isinstance(parent, dict) else ""


def _some_first(uris: Sequence[str]) -> Sequence[str]:
    """Where there may be more branches than we read at once, each time others come first."""
    start = secrets.randbelow(len(uris)) if len(uris) > BRANCHES else 0
    return [*uris[start:], *uris[:start]]


def _thread(session: Session, uri: str) -> Json | None:
    """The post with the replies below it; None when the AppView does not show it."""
    query = {"uri": uri, "depth": DEPTH, "parentHeight": 0}
    try:
        thread = session.get("app.bsky.feed.getPostThread", query).get("thread")
    except Rejected as error:
        if error.gone:
            return None
        raise
    return thread if isinstance(thread, dict) and isinstance(thread.get("post"), dict) else None


def _views(thread: Json | None) -> Iterator[Json]:
    """Every post of a thread answer, top first, without recursion: threads can be deep."""
    waiting: list[Any] = [thread]
    while waiting:
        node = waiting.pop()
        post = node.get("post")
        if isinstance(post, dict):
            yield post
        waiting += reversed(objects(node, "replies"))
