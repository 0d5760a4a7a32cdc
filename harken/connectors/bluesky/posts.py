"""Posts in full, many in one call."""

from __future__ import annotations

from collections.abc import Sequence

from harken.connectors.bluesky.relevance import objects
from harken.connectors.bluesky.session import Session
from harken.connectors.bluesky.xrpc import BrokenOff, Json

POSTS_A_CALL = 25  # getPosts takes no more


def posts(session: Session, uris: Sequence[str]) -> dict[str, Json]:
    """The posts in full, by URI; those the server does not show are missing.

    Raises what `Session.get` raises; one address that is none spoils its whole call.
    """
    found: dict[str, Json] = {}
    for start in range(0, len(uris), POSTS_A_CALL):
        for view in _some(session, uris[start : start + POSTS_A_CALL]):
            found[str(view.get("uri"))] = view
    return found


def _some(session: Session, uris: Sequence[str]) -> list[Json]:
    try:
        return objects(session.get("app.bsky.feed.getPosts", {"uris": uris}), "posts")
    except BrokenOff:
        if len(uris) == 1:
            return []
    half = len(uris) // 2
    return [*_some(session, uris[:half]), *_some(session, uris[half:])]
