"""Steps the contract tests share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

from harken.kit.connector import (
    Connector,
    Followed,
    Inbound,
    InboundPost,
    OutboundReply,
    PostEdited,
)
from harken.kit.connector_contract.poison import assert_storable
from harken.kit.connector_contract.world import World

T = TypeVar("T")


def needs(world: World, capability: str) -> None:
    """Leave the test when the network cannot do what it is about."""
    if not getattr(world.connector().capabilities, capability):
        pytest.skip(f"this network has no {capability}")


def asked(world: World) -> tuple[Connector, InboundPost]:
    """A connector, and a customer's post it has read."""
    connector = world.connector()
    return connector, hear(world, connector, world.mention("Can you help me?"))


def eventually(world: World, ask: Callable[[], T | None], what: str) -> T:
    """Ask until there is an answer; fail with `what` when patience ends."""
    end = time.monotonic() + world.patience
    while True:
        if found := ask():
            return found
        assert time.monotonic() < end, f"waited {world.patience:.0f} s in vain: {what}"
        time.sleep(0.05)


def read_all(connector: Connector, cursor: str | None) -> tuple[list[bytes], str]:
    """Read until there is no more; returns the raw items and the last cursor."""
    items: list[bytes] = []
    while True:
        page = connector.read(cursor)
        items += page.items
        cursor = page.cursor
        if not page.more:
            return items, cursor


def raw_of(world: World, connector: Connector, wanted: str, cursor: str | None = None) -> bytes:
    """The raw item of a post, read from `cursor` on; reads on until it comes."""

    def look() -> bytes | None:
        nonlocal cursor
        items, cursor = read_all(connector, cursor)
        for raw in items:
            if any(one.external_id == wanted for one in connector.parse(raw)):
                return raw
        return None

    return eventually(world, look, f"{wanted} is read")


def hear(world: World, connector: Connector, wanted: str, cursor: str | None = None) -> InboundPost:
    """The post with the id `wanted`, read and parsed."""
    raw = raw_of(world, connector, wanted, cursor)
    (post,) = [one for one in connector.parse(raw) if one.external_id == wanted]
    assert isinstance(post, InboundPost)
    assert_storable(post)
    return post


def drained(world: World, connector: Connector, cursor: str | None = None) -> str:
    """A cursor after everything that is there now, and has settled down."""
    marker = world.mention("A marker in the stream")
    items: list[bytes] = []

    def look() -> bool:
        nonlocal cursor
        found, cursor = read_all(connector, cursor)
        items.extend(found)
        return any(one.external_id == marker for raw in found for one in connector.parse(raw))

    eventually(world, look, "the marker is read")
    assert cursor is not None
    return cursor


def everything(connector: Connector, cursor: str | None) -> set[str]:
    """The ids of all that is read from `cursor` on."""
    items, _ = read_all(connector, cursor)
    return {one.external_id for raw in items for one in connector.parse(raw)}


def answer(connector: Connector, post: InboundPost, text: str) -> OutboundReply:
    """A reply to `post` under a fresh key."""
    return OutboundReply(
        key=connector.new_key(),
        text=text,
        target_id=post.external_id,
        root_id=post.root_id,
        target_native=post.native,
        root_native=post.native if post.root_id == post.external_id else {},
        langs=("en",),
    )


def settled(world: World, post: InboundPost) -> list[str]:
    """The public answers under a post, once there is one and none is added any more."""
    eventually(world, lambda: world.answers(post.external_id), "the answer is public")
    time.sleep(0.5)
    return list(world.answers(post.external_id))


def follow(connector: Connector, post: InboundPost, *more: str) -> tuple[bytes, ...]:
    """What a recheck of the post's tree reports."""
    return connector.recheck([Followed(post.root_id, (post.external_id, *more))])


def edits_of(connector: Connector, post: InboundPost) -> list[PostEdited]:
    """The edits a recheck reports."""
    read: list[Inbound] = [one for raw in follow(connector, post) for one in connector.parse(raw)]
    return [one for one in read if isinstance(one, PostEdited)]
