"""Names of things at Bluesky: record keys, AT URIs and the public pages of posts and people.

Source: atproto.com/specs/tid and atproto.com/specs/at-uri-scheme.
"""

from __future__ import annotations

import re
import secrets
import threading
from dataclasses import dataclass

from harken.kit import clock

POSTS = "app.bsky.feed.post"
LIKES = "app.bsky.feed.like"
PAGES = "https://bsky.app"

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"  # base32 that sorts as the numbers do
_AT_URI = re.compile(
    r"at://(did:[a-z]+:[A-Za-z0-9._:%-]{1,200})/([a-zA-Z][a-zA-Z0-9.-]{1,300})/"
    r"([A-Za-z0-9._:~-]{1,512})"
)


@dataclass(frozen=True, slots=True)
class AtUri:
    """A record at the network: whose repository, which collection, which key."""

    repo: str
    collection: str
    rkey: str

    @classmethod
    def read(cls, text: object) -> AtUri:
        """Take an AT URI apart. Raises `ValueError` when it names no record."""
        found = _AT_URI.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise ValueError(f"not the address of a record: {str(text)[:80]!r}")
        return cls(*found.groups())

    def __str__(self) -> str:
        return f"at://{self.repo}/{self.collection}/{self.rkey}"


class TidClock:
    """Makes record keys that only ever grow, also when two are made in one microsecond."""

    def __init__(self) -> None:
        self._number = secrets.randbelow(1024)  # tells apart clocks that run at the same time
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> str:
        """A record key: the microsecond and the clock's number in 13 characters."""
        with self._lock:
            self._last = max(self._last + 1, int(clock.now().timestamp() * 1_000_000))
            value = (self._last << 10) | self._number
        return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(60, -1, -5))


def post_page(uri: AtUri) -> str:
    """Where the public reads a post."""
    return f"{PAGES}/profile/{uri.repo}/post/{uri.rkey}"


def profile_page(did: str) -> str:
    """Where the public reads a person's posts; by DID, since handles change."""
    return f"{PAGES}/profile/{did}"
