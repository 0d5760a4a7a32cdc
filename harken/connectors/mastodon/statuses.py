"""Single statuses of a server as they are now: what was changed or taken back unheard.

Source: docs.joinmastodon.org, methods/statuses: `GET /api/v1/statuses` with `id[]` since 4.3, which
leaves out what is not there or not shown to us; `GET /api/v1/statuses/:id` answers 404 for such a
one. Servers take twenty ids at once. Public statuses need no token, except where a server shows
nothing to strangers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

import httpx

from harken.connectors.mastodon.parse import NETWORK, heard
from harken.kit import http
from harken.kit.asking import ask, json_of
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import Gone

AT_ONCE = 20  # ids of one question
MOST_SINGLE = 20  # questions for one status each, where the server does not take many ids
NOT_THERE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)
NO_SUCH_QUESTION = (*NOT_THERE, httpx.codes.METHOD_NOT_ALLOWED)


class Statuses:
    """The statuses that `server` shows to who has these `headers`."""

    def __init__(self, server: str, headers: Mapping[str, str]) -> None:
        self._url = f"{server.rstrip('/')}/api/v1/statuses"
        self._home = urlsplit(server).netloc
        self._headers = headers
        self._http = http.client()

    def reread(self, refs: Sequence[str]) -> tuple[list[Heard], list[Gone]]:
        """See `Rereads`. The first of `refs` matter most: an old server is not asked for all."""
        known = [ref for ref in refs if ref.isdecimal()]
        posts: list[Heard] = []
        missing: list[str] = []
        for start in range(0, len(known), AT_ONCE):
            asked = known[start : start + AT_ONCE]
            found = self._many(asked)
            if found is None:
                missing = known
                break
            posts += found
            met = {post.ref for post in found}
            missing += [ref for ref in asked if ref not in met]
        singles, gone = self._singly(missing[:MOST_SINGLE])
        return [*posts, *singles], gone

    def _many(self, refs: Sequence[str]) -> list[Heard] | None:
        """Those of `refs` that are there; None at a server that takes one id at a time."""
        response = self._asked(f"{self._url}?{urlencode({'id[]': list(refs)}, doseq=True)}")
        if response.status_code in NO_SUCH_QUESTION:
            return None
        said = json_of(response)
        if not isinstance(said, list):
            raise ConnectorError(f"{self._url}: an answer without statuses")
        return [post for status in said if (post := heard(status, self._home))]

    def _singly(self, refs: Sequence[str]) -> tuple[list[Heard], list[Gone]]:
        """One after the other: only the server's own word for each says that it is gone."""
        posts: list[Heard] = []
        gone: list[Gone] = []
        for ref in refs:
            response = self._asked(f"{self._url}/{ref}")
            if response.status_code in NOT_THERE:
                gone.append(Gone(NETWORK, ref=ref))
            elif response.is_success and (post := heard(json_of(response), self._home)):
                posts.append(post)
        return posts, gone

    def _asked(self, url: str) -> httpx.Response:
        return ask(self._http, url, headers=self._headers)
