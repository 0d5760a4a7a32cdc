"""The few answers this process gives itself, with the same strict headers as the pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

SECURITY = [
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; "
                                 b"frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
]  # fmt: skip
RESTING = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2"><meta name="color-scheme" content="light dark">
<title>One moment - Harken</title>
<h1>One moment</h1>
<p>Harken is starting or being updated. This page tries again by itself.</p>
<p>Nothing you wrote is lost: drafts are kept.</p>
</html>
"""


async def plain(send: Send, status: int, text: str) -> None:
    """A short text answer."""
    await whole(send, status, b"text/plain; charset=utf-8", text.encode() + b"\n")


async def resting(send: Send, scope: Scope) -> None:
    """The pages are away for a moment; a browser's page asks again after two seconds."""
    accepts = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    if scope["method"] == "GET" and b"text/html" in accepts:
        await whole(send, 503, b"text/html; charset=utf-8", RESTING)
    else:
        await plain(send, 503, "Harken is starting or being updated. Please try again.")


async def whole(send: Send, status: int, kind: bytes, body: bytes) -> None:
    """One complete answer; never cached."""
    headers = [
        (b"content-type", kind),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *SECURITY,
    ]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
