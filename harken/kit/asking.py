"""GET for sources: what each way of failing means for who asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec

from harken.kit import clock
from harken.kit.connector import ConnectorError, RateLimited
from harken.kit.http import AddressRefused

UNSAID = 60.0  # seconds to wait when a server asks for a pause and does not say how long


def ask(
    client: httpx.Client,
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """The answer, whatever it says about us (4xx), and redirects as they are.

    Raises `ConnectorError`: permanent for an address that may not be reached; `RateLimited` when
    the server asks for a pause (429, or 503 that says how long).
    """
    try:
        response = client.get(url, params=params or None, headers=headers or None)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise failed(url, error) from error
    refuse_failed(url, response)
    return response


def failed(url: str, error: Exception) -> ConnectorError:
    """A request without an answer, in our words."""
    refused = isinstance(error, AddressRefused | httpx.InvalidURL | httpx.UnsupportedProtocol)
    return ConnectorError(f"{url}: {type(error).__name__}: {error}", permanent=refused)


def no_sign(seconds: float) -> str:
    """What is said of a line that stands and brings nothing, also no sign of life."""
    return f"it gave no sign of life for {seconds:.0f} s, so the line is opened anew"


def refuse_failed(url: str, response: httpx.Response) -> None:
    """Raise for answers that say nothing but that the server cannot answer now."""
    said = f"{url}: HTTP {response.status_code}"
    pause = response.headers.get("retry-after", "")
    if response.status_code == 429 or (response.status_code == 503 and pause):
        raise RateLimited(said, retry_after=_pause(pause))
    if response.is_server_error:
        raise ConnectorError(said)


def json_of(response: httpx.Response) -> Any:
    """The JSON of a good answer. Raises `ConnectorError` for any other."""
    if not response.is_success:
        raise ConnectorError(f"{response.url}: HTTP {response.status_code}")
    try:
        return msgspec.json.decode(response.content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ConnectorError(f"{response.url}: no JSON: {error}") from error


def _pause(said: str) -> float:
    """Seconds, from `retry-after`: a number of them or a date (RFC 9110, 10.2.3)."""
    if said.isdigit():
        return max(1.0, float(said[:9]))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return UNSAID
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(1.0, (until - clock.now()).total_seconds())
