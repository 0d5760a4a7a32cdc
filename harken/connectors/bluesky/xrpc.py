"""Calls to an AT Protocol server, and what each failure means for us.

The SDK is not used here: it folds time-outs, resets and server errors together, and whether a
write may have been applied hangs on exactly that difference.
Source: atproto.com/specs/xrpc; docs.bsky.app/docs/advanced-guides/rate-limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import httpx

from harken.connectors.bluesky import lenient
from harken.kit import clock, http
from harken.kit.connector import ConnectorError, RateLimited, SessionLost, Unclear

Json = dict[str, Any]
Query = Mapping[str, Any]

CALL_SECONDS = 10.0
# Before the request is written; everything later may have been applied.
NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
TOKEN_ERRORS = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"})
LOST_ERRORS = frozenset({"AccountTakedown", "AccountDeactivated", "AccountSuspended"})
GONE_ERRORS = frozenset({"RecordNotFound", "NotFound"})


class Rejected(ConnectorError):
    """The server understood and said no; `name` is its short error name. Nothing was applied."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message or name, permanent=True)
        self.name = name

    @property
    def gone(self) -> bool:
        """The record that was asked for does not exist."""
        return self.name in GONE_ERRORS


class TokenRefused(Rejected):
    """The access or refresh token, or the password, is no longer good."""


class ServerFailed(Unclear):
    """The server answered a write with an error of its own; it may have been applied."""


class BrokenOff(ConnectorError):
    """The answer ended half-way or was larger than we take; asking for less may help.

    A server breaks answers off that it finds too large itself: the reference PDS at 10 MB.
    """


class Xrpc:
    """One server, without a login of its own."""

    def __init__(self, service: str) -> None:
        self.service = service.rstrip("/")

    @cached_property
    def _http(self) -> httpx.Client:
        return http.client()

    def get(self, nsid: str, query: Query, token: str, seconds: float = CALL_SECONDS) -> Json:
        """Ask. Raises `Rejected`, `RateLimited`, `SessionLost` or `ConnectorError`."""
        return self._call("GET", nsid, token, seconds, params=dict(query))

    def post(self, nsid: str, body: Json, token: str, seconds: float = CALL_SECONDS) -> Json:
        """Change something. Raises `Unclear` as well, when it may have been applied."""
        return self._call("POST", nsid, token, seconds, json=body)

    def refresh(self, token: str, seconds: float = CALL_SECONDS) -> Json:
        """Trade a refresh token for a new pair; this call has no body, not even an empty one."""
        return self._call("POST", "com.atproto.server.refreshSession", token, seconds)

    def _call(self, method: str, nsid: str, token: str, seconds: float, **what: Any) -> Json:
        write = method == "POST"
        headers = {"authorization": f"Bearer {token}"} if token else {}
        try:
            response = self._http.request(
                method,
                f"{self.service}/xrpc/{nsid}",
                headers=headers,
                extensions={"deadline": seconds, "timeout": _timeouts(seconds)},
                **what,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _not_answered(nsid, error, write) from error
        return _read(nsid, response, write)


def _timeouts(seconds: float) -> dict[str, float]:
    connect = min(seconds, http.CONNECT_SECONDS)
    return {"connect": connect, "read": seconds, "write": seconds, "pool": connect}


def _not_answered(nsid: str, error: Exception, write: bool) -> ConnectorError:
    message = f"{nsid}: {type(error).__name__}: {error}"
    if not write and isinstance(error, (httpx.ReadError, httpx.RemoteProtocolError)):
        return BrokenOff(message)
    if not write or isinstance(error, (*NOTHING_SENT, httpx.InvalidURL)):
        return ConnectorError(message)
    return Unclear(message)


def _read(nsid: str, response: httpx.Response, write: bool) -> Json:
    content = _content(response)
    if response.is_success and content is not None:
        return content
    content = content or {}
    name = str(content.get("error") or f"HTTP {response.status_code}")
    message = f"{nsid}: {name}: {str(content.get('message') or '')[:300]}"
    if response.status_code == 429:
        raise RateLimited(message, retry_after=_seconds_to_wait(response.headers))
    if name in LOST_ERRORS:
        raise SessionLost(message)
    if response.status_code == 401 or name in TOKEN_ERRORS:
        raise TokenRefused(name, message)
    if response.is_client_error:
        raise Rejected(name, message)
    if write and not response.is_redirect:
        raise ServerFailed(message)
    raise ConnectorError(message)


def _content(response: httpx.Response) -> Json | None:
    """The JSON object of an answer; an empty body counts as an empty object."""
    try:
        content = lenient.load(response.content or b"{}")
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _seconds_to_wait(headers: httpx.Headers) -> float:
    """From `retry-after` (seconds) or `ratelimit-reset` (Unix time); a minute when unsaid."""
    try:
        if "retry-after" in headers:
            return max(1.0, float(headers["retry-after"]))
        return max(1.0, float(headers["ratelimit-reset"]) - clock.now().timestamp())
    except (KeyError, ValueError):
        return 60.0
