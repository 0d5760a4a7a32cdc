"""Who the streams' authors are: they name accounts by DID, an AppView knows the rest.

Source: lexicon app.bsky.actor.getProfiles (`actors`, 25 at most; who is gone or suspended is left
out of the answer). Bluesky's own AppView answers it to strangers at public.api.bsky.app.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from harken.kit import http
from harken.kit.asking import ask, json_of
from harken.kit.authors import Author
from harken.kit.connector import ConnectorError
from harken.kit.text import storable

PUBLIC_APPVIEW = "https://public.api.bsky.app"
NSID = "app.bsky.actor.getProfiles"
NO_HANDLE = "handle.invalid"  # the network's word for a handle that leads elsewhere
MOST_HANDLE, MOST_NAME = 253, 200  # characters


class AppView:
    """An AppView at `address` that answers without an account."""

    def __init__(self, address: str = PUBLIC_APPVIEW) -> None:
        self._url = f"{address.rstrip('/')}/xrpc/{NSID}"
        self._http = http.client()

    def authors(self, accounts: Sequence[str]) -> list[Author]:
        """See `NamesAuthors`."""
        query = urlencode({"actors": list(accounts)}, doseq=True)
        answer = json_of(ask(self._http, f"{self._url}?{query}"))
        profiles = answer.get("profiles") if isinstance(answer, dict) else None
        if not isinstance(profiles, list):
            raise ConnectorError(f"{self._url}: an answer without profiles")
        return list(_authors(profiles))


def _authors(profiles: list[object]) -> Iterator[Author]:
    for profile in profiles:
        if not isinstance(profile, dict) or not isinstance(profile.get("did"), str):
            continue
        handle, followers = str(profile.get("handle") or ""), profile.get("followersCount")
        yield Author(
            profile["did"],
            "" if handle == NO_HANDLE else storable(handle, MOST_HANDLE),
            storable(str(profile.get("displayName") or ""), MOST_NAME),
            followers if isinstance(followers, int) and followers >= 0 else None,
        )
