"""One message of the stream as a post.

Source: github.com/bluesky-social/jetstream (events `commit`, `identity`, `account`); lexicons
app.bsky.feed.post, app.bsky.richtext.facet and app.bsky.embed.*. A record is what its author's
server let through, so nothing in it is taken for granted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from harken.kit.heard import Heard
from harken.kit.markup import web_address
from harken.kit.source import MOST_TEXT, Gone
from harken.kit.text import storable

NETWORK = "bluesky"
MOST_URI = 400  # characters; no mention has more
POSTS = "app.bsky.feed.post"
LINK = "app.bsky.richtext.facet#link"
START = datetime(1970, 1, 1, tzinfo=UTC)


class _Commit(msgspec.Struct):
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: Any = None


class _Message(msgspec.Struct):
    did: str = ""
    time_us: int = 0
    kind: str = ""
    commit: _Commit | None = None


_read = msgspec.json.Decoder(_Message).decode


class Told(NamedTuple):
    """A message: when the stream had it, in microseconds since 1970, and the post if it is one.

    `gone` is the post that its author took back.
    """

    time_us: int
    post: Heard | None
    gone: Gone | None = None


def told(raw: str | bytes) -> Told | None:
    """What a message says; None for one that cannot be read at all."""
    try:
        message = _read(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    return Told(message.time_us, _post(message), _gone(message))


def _post(message: _Message) -> Heard | None:
    commit = message.commit
    if message.kind != "commit" or commit is None:
        return None
    if commit.operation != "create" or commit.collection != POSTS:
        return None
    return heard(message.did, commit.rkey, commit.record, message.time_us)


def _gone(message: _Message) -> Gone | None:
    commit = message.commit
    if message.kind != "commit" or commit is None:
        return None
    if commit.operation != "delete" or commit.collection != POSTS:
        return None
    return taken_back(message.did, commit.rkey)


def taken_back(did: str, rkey: str) -> Gone:
    """That account `did` took its post `rkey` back."""
    return Gone(NETWORK, uri=f"at://{did}/{POSTS}/{rkey}"[:MOST_URI])


def heard(did: str, rkey: str, record: object, time_us: int) -> Heard | None:
    """The post `rkey` of account `did`, which the stream had at `time_us`; None for none."""
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        return None
    embed = record.get("embed")
    return Heard(
        network=NETWORK,
        uri=f"at://{did}/{POSTS}/{rkey}",
        author=did,  # the streams name accounts by DID only
        account=did,
        text=storable(record["text"], MOST_TEXT),
        lang=_lang(record.get("langs")),
        sent_at=_sent_at(record.get("createdAt"), time_us),
        links=tuple(dict.fromkeys([*_linked(record.get("facets")), *_card(embed)])),
        pictures=_pictures(embed),
        url=f"https://bsky.app/profile/{did}/post/{rkey}",
    )


def microseconds(at: datetime) -> int:
    """A time as microseconds since 1970."""
    return (at - START) // timedelta(microseconds=1)


def moment(time_us: int) -> datetime:
    """Microseconds since 1970 as a time."""
    return START + timedelta(microseconds=time_us)


def _sent_at(written: object, time_us: int) -> datetime:
    """When the author says it was written, but not later than the stream had it."""
    seen = moment(time_us)
    try:
        said = datetime.fromisoformat(written) if isinstance(written, str) else seen
    except ValueError:
        return seen
    return min(said, seen) if said.tzinfo else seen


def _lang(langs: object) -> str:
    first = langs[0] if isinstance(langs, list) and langs else ""
    return first if isinstance(first, str) and len(first) <= 35 else ""


def _objects(values: object) -> Iterator[dict[str, Any]]:
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict):
            yield value


def _linked(facets: object) -> Iterator[str]:
    for facet in _objects(facets):
        for feature in _objects(facet.get("features")):
            address = web_address(feature.get("uri")) if feature.get("$type") == LINK else ""
            if address:
                yield address


def _card(embed: object) -> Iterator[str]:
    for part in _parts(embed):
        external = part.get("external")
        address = web_address(external.get("uri")) if isinstance(external, dict) else ""
        if address:
            yield address


def _pictures(embed: object) -> int:
    films = sum(str(part.get("$type")) == "app.bsky.embed.video" for part in _parts(embed))
    return films + sum(len(list(_objects(part.get("images")))) for part in _parts(embed))


def _parts(embed: object) -> Iterator[dict[str, Any]]:
    """The embed itself, and what stands beside a quoted post in it."""
    if isinstance(embed, dict):
        yield embed
        media = embed.get("media")
        if isinstance(media, dict):
            yield media
