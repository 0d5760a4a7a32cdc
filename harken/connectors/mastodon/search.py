"""Reading a search of a server, from the newest post back to what is known.

Source: docs.joinmastodon.org, `GET /api/v2/search` (`type` statuses, `limit` of 40 at most,
`max_id` gives what is older than an id); it wants an account's token. Newest first, as Mastodon
answers since 4.2; a walk that was broken off begins at the top again, and what it gave is known.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from harken.connectors.mastodon.place import PAGE, Place, id_of, refuse_token
from harken.connectors.mastodon.statuses import Statuses
from harken.kit import http
from harken.kit.asking import ask, json_of
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import Caught, Cursor, Gone, going_on

EVERY = 60.0  # seconds between two looks


class Search:
    """Public posts in which `server` finds `words`, asked with an account's `token`."""

    def __init__(self, server: str, words: str, *, token: str, every: float = EVERY) -> None:
        self._url = f"{server.rstrip('/')}/api/v2/search"
        self._home = urlsplit(server).netloc
        self._words = words
        self._headers = {"authorization": f"Bearer {token}"}
        self._every = every
        self._http = http.client()
        self._statuses = Statuses(server, self._headers)

    def reread(self, refs: Sequence[str]) -> tuple[list[Heard], list[Gone]]:
        """See `Rereads`."""
        return self._statuses.reread(refs)

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """See `Source`."""
        return going_on(self._walk, cursor, stop, self._every)

    def _walk(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        place = Place.opened(cursor)
        since, below = place.since, 0
        while not stop.is_set():
            page = self._page(below)
            new = [status for status in page if id_of(status.get("id")) > since]
            posts = [post for each in reversed(new) if (post := place.take(each, self._home))]
            ids = [id_of(status.get("id")) for status in page]
            place.top, oldest = max([place.top, *ids]), min(ids, default=0)
            goes_on = len(page) == PAGE and len(new) == PAGE and oldest != below
            if not goes_on:
                place.at, place.top = max(place.at, place.top), 0
            yield Caught(tuple(posts), place.closed())
            if not goes_on:
                return
            below = oldest

    def _page(self, below: int) -> list[dict[str, Any]]:
        params: dict[str, str | int] = {"q": self._words, "type": "statuses", "limit": PAGE}
        if below:
            params["max_id"] = str(below)
        response = ask(self._http, self._url, params=params, headers=self._headers)
        refuse_token(self._url, response)
        answer = json_of(response)
        statuses = answer.get("statuses") if isinstance(answer, dict) else None
        if not isinstance(statuses, list):
            raise ConnectorError(f"{self._url}: an answer without statuses")
        return [status for status in statuses if isinstance(status, dict)]
