"""A status as a post.

Source: docs.joinmastodon.org, entities Status, Account, MediaAttachment and PreviewCard.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from harken.kit import clock
from harken.kit.heard import Heard
from harken.kit.markup import plain, web_address
from harken.kit.source import MOST_TEXT, number
from harken.kit.text import storable

NETWORK = "mastodon"
LONGEST_URI = 400
LONGEST_REF = 40  # characters of an id at its server
PUBLIC = ("public", "unlisted")


def heard(status: object, home: str) -> Heard | None:
    """A status from the server `home`; None for what is no public post of its author's own."""
    if not isinstance(status, dict) or status.get("reblog"):
        return None
    uri, account = status.get("uri"), status.get("account")
    if not isinstance(uri, str) or not isinstance(account, dict) or len(uri) > LONGEST_URI:
        return None
    if not uri or status.get("visibility", "public") not in PUBLIC:
        return None
    said, links = plain(_text(status, "content"))
    warning = _text(status, "spoiler_text")
    card = status.get("card")
    shown = web_address(card.get("url")) if isinstance(card, dict) else ""
    return Heard(
        network=NETWORK,
        uri=uri,
        author=_handle(_text(account, "acct"), home),
        text=storable(f"{warning}\n\n{said}".strip(), MOST_TEXT),
        lang=_text(status, "language")[:35],
        sent_at=_sent_at(status.get("created_at")),
        links=tuple(dict.fromkeys([*links, shown] if shown else links)),
        pictures=sum(1 for _ in _pictures(status.get("media_attachments"))),
        reach=number(account.get("followers_count")),
        url=web_address(status.get("url")),
        ref=_text(status, "id")[:LONGEST_REF],
        edited=bool(status.get("edited_at")),
    )


def _handle(acct: str, home: str) -> str:
    """The whole handle: the server leaves its own name out."""
    return storable(acct if "@" in acct else f"{acct}@{home}", 200)


def _sent_at(said: object) -> datetime:
    now = clock.now()
    try:
        written = datetime.fromisoformat(said) if isinstance(said, str) else now
    except ValueError:
        return now
    return min(written, now) if written.tzinfo else now


def _pictures(media: object) -> Iterator[dict[str, Any]]:
    for each in media if isinstance(media, list) else ():
        if isinstance(each, dict) and each.get("type") in ("image", "gifv", "video"):
            yield each


def _text(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""
