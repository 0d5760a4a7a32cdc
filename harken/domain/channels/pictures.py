"""Pictures of posts, fetched by us: the browser of an agent tells no stranger who looks."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from harken.kit import http

SECONDS = 6.0
MOST_BYTES = 4 * 1024 * 1024
KINDS = {"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"}  # no SVG: it can act


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture and their kind, one of `KINDS`."""

    content: bytes
    kind: str


def fetch_picture(url: str) -> Picture | None:
    """The picture at `url` as it is served now, within 6 s and 4 MiB; None when there is none.

    The address comes from strangers: `kit.http` reaches public hosts only.
    """
    try:
        with http.client(deadline=SECONDS, most_bytes=MOST_BYTES) as client:
            answer = client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status_code != httpx.codes.OK or kind not in KINDS:
        return None
    return Picture(answer.content, kind)
