"""From the loopback network's events to the port's posts, edits and deletions; pure."""

from __future__ import annotations

import msgspec

from harken.connectors.loopback.wire import Event, Face, Picture, Post
from harken.kit.connector import (
    Author,
    ContextPost,
    Image,
    Inbound,
    InboundPost,
    PostDeleted,
    PostEdited,
    QuotedPost,
    Unreadable,
    Why,
)
from harken.kit.text import storable

LONGEST_TEXT = 20_000  # characters; the network allows far less, a hostile one may not
LONGEST_NAME = 200
LONGEST_URL = 2_000
YEARS = range(1990, 2300)
_decode = msgspec.json.Decoder(Event).decode


def parse(raw: bytes, account_id: str, service: str) -> list[Inbound]:
    """One event as inbound data. Raises `Unreadable`.

    `account_id` is our own account, `service` the base URL links start with.
    """
    try:
        event = _decode(raw)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise Unreadable(f"not an event of the loopback network: {error}") from error
    post = event.post
    for each in (post, *event.ancestors):
        if each.at.year not in YEARS or (each.changed and each.changed.year not in YEARS):
            raise Unreadable(f"a post of the year {each.at.year}")
    when = post.changed or post.at
    if event.kind == "delete":
        return [PostDeleted(post.id, when)]
    if event.kind == "edit":
        images = _images(post.images)
        return [PostEdited(post.id, _text(post.text), when, version_of(post), images)]
    return [_post(event, account_id, service.rstrip("/"))]


def version_of(post: Post) -> str:
    """Counts edits so that later sorts after earlier as text."""
    return f"{post.version:08d}"


def url_of(post: Post, service: str) -> str:
    """The public page of a post."""
    return f"{service}/@{post.author.handle}/{post.id}"


def _post(event: Event, account_id: str, service: str) -> InboundPost:
    post = event.post
    try:
        why = Why(event.why)
    except ValueError as error:
        raise Unreadable(f"unknown reason {event.why!r}") from error
    return InboundPost(
        external_id=post.id,
        author=_author(post.author, service),
        text=_text(post.text),
        sent_at=post.at,
        root_id=post.root,
        parent_id=post.parent,
        why=why,
        by_us=post.author.id == account_id,
        lang=storable(post.lang, 35),
        url=url_of(post, service),
        images=_images(post.images),
        quoted=_quoted(post, service),
        ancestors=tuple(_context(above, account_id, service) for above in event.ancestors),
        version=version_of(post),
    )


def _quoted(post: Post, service: str) -> QuotedPost | None:
    if post.quoted is None:
        return None
    quoted = post.quoted
    return QuotedPost(quoted.id, _author(quoted.author, service), _text(quoted.text))


def _context(post: Post, account_id: str, service: str) -> ContextPost:
    return ContextPost(
        external_id=post.id,
        author=_author(post.author, service),
        text=_text(post.text),
        sent_at=post.at,
        parent_id=post.parent,
        by_us=post.author.id == account_id,
        url=url_of(post, service),
        images=_images(post.images),
    )


def _author(face: Face, service: str) -> Author:
    return Author(
        external_id=face.id,
        handle=face.handle,
        display_name=storable(face.name, LONGEST_NAME),
        avatar_url=_link(face.avatar),
        followers=face.followers,
        profile_url=f"{service}/@{face.handle}",
    )


def _images(pictures: tuple[Picture, ...]) -> tuple[Image, ...]:
    return tuple(
        Image(_link(each.url), _text(each.alt), _link(each.thumb))
        for each in pictures
        if _link(each.url)
    )


def _text(text: str) -> str:
    return storable(text, LONGEST_TEXT)


def _link(url: str) -> str:
    """The address, or nothing when it is none a browser should be given."""
    plain = url.isprintable() and len(url) <= LONGEST_URL
    return url if plain and url.startswith(("https://", "http://")) else ""
