"""Stored messages as posts that a source would hand over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from harken.domain.conversations.models import Direction, Message
from harken.kit.heard import Heard

#: What `heard_of` reads of a message.
COLUMNS = (
    *("external_id", "body", "lang", "sent_at", "images", "direction", "conversation", "url"),
    *("handle__handle", "handle__followers", "channel__network"),
)


class Post(NamedTuple):
    """A post on its way to the monitors; `message` is its id when it is one of a conversation."""

    heard: Heard
    message: int | None = None


def posts_of(messages: Sequence[int]) -> list[Post]:
    """The customers' public messages with these ids, as posts; deleted ones are left out."""
    rows = (
        Message.objects.filter(pk__in=messages, direction=Direction.INBOUND)
        .filter(deleted_at=None, is_private=False)
        .select_related("handle", "channel")
        .only(*COLUMNS)
        .order_by("pk")
    )
    return [Post(heard_of(row), row.pk) for row in rows]


def heard_of(message: Message) -> Heard:
    """A stored message as a source would hand it over."""
    handle = message.handle
    return Heard(
        network=message.channel.network,
        uri=message.external_id,
        author=handle.handle if handle else "",
        text=message.body,
        lang=message.lang,
        sent_at=message.sent_at,
        pictures=len(message.images),
        reach=handle.followers if handle else None,
        url=message.url,
    )
