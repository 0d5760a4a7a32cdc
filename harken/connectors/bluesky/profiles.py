"""Who accounts are, by DID: handle, name and followers, as our account's server knows them.

Source: lexicon app.bsky.actor.getProfiles; who is gone or suspended is left out of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from harken.connectors.bluesky.relevance import objects
from harken.connectors.bluesky.session import Session
from harken.connectors.bluesky.xrpc import Json
from harken.kit.authors import MOST_AUTHORS, Author
from harken.kit.text import storable

NO_HANDLE = "handle.invalid"  # the network's word for a handle that leads elsewhere
MOST_HANDLE, MOST_NAME = 253, 200  # characters


def authors(session: Session, accounts: Sequence[str]) -> list[Author]:
    """See `NamesAuthors`."""
    query = {"actors": list(accounts[:MOST_AUTHORS])}
    answer = session.get("app.bsky.actor.getProfiles", query)
    return [_shown(each) for each in objects(answer, "profiles")]


def _shown(profile: Json) -> Author:
    handle, followers = str(profile.get("handle") or ""), profile.get("followersCount")
    return Author(
        str(profile.get("did")),
        "" if handle == NO_HANDLE else storable(handle, MOST_HANDLE),
        storable(str(profile.get("displayName") or ""), MOST_NAME),
        followers if isinstance(followers, int) and followers >= 0 else None,
    )
