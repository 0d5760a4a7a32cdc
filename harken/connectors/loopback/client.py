"""HTTP to the loopback network: one client for an account, one for its invented customers.

The network listens on 127.0.0.1, which `kit.http.allow_private_hosts` must name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
import msgspec

from harken.connectors.loopback.wire import NewPost, Person, Post, PublicWrite, Session, Trees
from harken.kit import http
from harken.kit.connector import ConnectorError, RateLimited, Refused, SessionLost, Unclear

Kind = TypeVar("Kind")
JSON = {"Content-Type": "application/json"}
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class AccountClient:
    """Calls for one account; turns every failure into the port's error family.

    `base_url` is the network's address, `deadline` seconds for one request.
    """

    def __init__(self, base_url: str, deadline: float) -> None:
        self._base_url = base_url.rstrip("/")
        self._http = http.client(deadline=deadline)
        self.token = ""

    def log_in(self, handle: str, password: str) -> Session:
        """Start a session and keep its token. Raises `SessionLost`."""
        body = {"handle": handle, "password": password}
        session = self.call("POST", "/session", Session, body=body)
        self.token = session.token
        return session

    def call(
        self,
        method: str,
        path: str,
        kind: type[Kind],
        *,
        query: Iterable[tuple[str, str]] = (),
        body: object = None,
    ) -> Kind:
        """One request, its answer decoded as `kind`.

        Raises `NotFound` (404, 410), `Refused` (another 4xx), `SessionLost` (401), `RateLimited`
        (429), `Unclear` (a write whose fate is unknown), `ConnectorError` otherwise.
        """
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            response = self._http.request(
                method,
                self._base_url + path,
                params=list(query),
                content=msgspec.json.encode(body) if body is not None else None,
                headers=headers | JSON,
            )
        except _NEVER_LEFT as error:
            raise ConnectorError(f"the network cannot be reached: {error}") from error
        except httpx.HTTPError as error:
            raise _unanswered(method, str(error) or type(error).__name__) from error
        _check(method, response)
        return _decoded(method, response, kind)


class NotFound(Refused):
    """The network does not have it, or its author deleted it."""


def _check(method: str, response: httpx.Response) -> None:
    status = response.status_code
    if status < 400:
        return
    reason = f"the network answered {status}: {response.text[:200]}"
    if status == 401:
        raise SessionLost(reason)
    if status in (404, 410):
        raise NotFound(reason)
    if status == 429:
        wait = float(response.headers.get("Retry-After", "1"))
        raise RateLimited(reason, retry_after=wait)
    if status >= 500:
        raise _unanswered(method, reason)
    raise Refused(reason)


def _decoded(method: str, response: httpx.Response, kind: type[Kind]) -> Kind:
    try:
        return msgspec.json.decode(response.content or b"null", type=kind)
    except msgspec.DecodeError as error:
        raise _unanswered(method, f"unreadable answer: {error}") from error


def _unanswered(method: str, reason: str) -> ConnectorError:
    # A read changes nothing, so its fate is never in doubt; a write may have been applied.
    return ConnectorError(reason) if method == "GET" else Unclear(reason)


class Customers:
    """The other side of the network: invented people who write to the account.

    Raises `httpx.HTTPError` when the network is away or refuses.
    """

    def __init__(self, base_url: str, deadline: float = 10.0) -> None:
        self._base_url = base_url.rstrip("/")
        self._http = http.client(deadline=deadline)

    def write(self, author: Person, post: NewPost) -> Post:
        """Write one post."""
        return msgspec.json.decode(
            self._send("POST", "/post", PublicWrite(author, post)), type=Post
        )

    def write_many(self, posts: Iterable[tuple[Person, NewPost]]) -> list[Post]:
        """Write posts in this order with one request; returns them as they stand."""
        body = [PublicWrite(author, post) for author, post in posts]
        return msgspec.json.decode(self._send("POST", "/posts", body), type=list[Post])

    def edit(self, handle: str, post_id: str, text: str) -> None:
        """Change a post of this author."""
        self._send("PATCH", f"/post/{post_id}", {"handle": handle, "text": text})

    def delete(self, handle: str, post_id: str) -> None:
        """Take back a post of this author."""
        self._send("POST", f"/post/{post_id}/delete", {"handle": handle})

    def trees(self, root_ids: Sequence[str]) -> tuple[tuple[Post, ...], ...]:
        """Whole public trees, at most 50, each in order of writing; empty for an unknown one."""
        query = urlencode([("root", root_id) for root_id in root_ids])
        return msgspec.json.decode(self._send("GET", f"/threads?{query}", None), type=Trees).trees

    def open_account(
        self, person: Person, password: str, *, everything: bool | None = None
    ) -> None:
        """Open or change the account a connector logs in with.

        `everything`: it is told of all posts; None leaves that as it is.
        """
        body = {"person": person, "password": password, "everything": everything}
        self._send("PUT", "/admin/account", body)

    def revoke(self, handle: str, *, block_login: bool = False) -> None:
        """End an account's sessions; see `LoopbackNetwork.revoke`."""
        self._send("POST", "/admin/revoke", {"handle": handle, "block_login": block_login})

    def faults(self, switches: Mapping[str, Any]) -> None:
        """Set fault switches by name, see `faults.Switches`."""
        self._send("PUT", "/admin/faults", dict(switches))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _send(self, method: str, path: str, body: object) -> bytes:
        content = msgspec.json.encode(body) if body is not None else None
        response = self._http.request(method, self._base_url + path, content=content, headers=JSON)
        response.raise_for_status()
        return response.content
