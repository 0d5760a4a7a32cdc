"""Stored messages as posts that a source would hand over."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from harken.domain.channels.models import Channel
from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Direction, Message
from harken.kit.connector import Connector, InboundPost
from harken.kit.heard import Heard

log = logging.getLogger(__name__)
_ABOUT_LINKS = re.compile(r"\b(?:site|has)\s*:", re.IGNORECASE)
Links = dict[int, tuple[str, ...]]

#: What `heard_of` reads of a message.
COLUMNS = (
    *("external_id", "body", "lang", "sent_at", "images", "direction", "conversation", "url"),
    *("handle__handle", "handle__followers", "handle__external_id", "channel__network"),
)


class Post(NamedTuple):
    """A post on its way to the monitors; `message` is its id when it is one of a conversation."""

    heard: Heard
    message: int | None = None


def posts_of(messages: Sequence[int]) -> list[Post]:
    """The customers' public messages with these ids, as posts; deleted ones are left out."""
    found = (
        Message.objects.filter(pk__in=messages, direction=Direction.INBOUND)
        .filter(deleted_at=None, is_private=False)
        .select_related("handle", "channel")
        .only(*COLUMNS)
        .order_by("pk")
    )
    rows = list(found)
    links = links_of([row.pk for row in rows])
    return [Post(heard_of(row, links), row.pk) for row in rows]


def heard_of(message: Message, links: Links) -> Heard:
    """A stored message as a source would hand it over; `links` as from `links_of`."""
    handle = message.handle
    return Heard(
        network=message.channel.network,
        uri=message.external_id,
        author=handle.handle if handle else "",
        account=handle.external_id if handle and handle.external_id != handle.handle else "",
        text=message.body,
        lang=message.lang,
        sent_at=message.sent_at,
        links=links.get(message.pk, ()),
        pictures=len(message.images),
        reach=handle.followers if handle else None,
        url=message.url,
    )


def asks_for_links(queries: Iterable[str]) -> bool:
    """Whether one of these may ask which pages a post leads to."""
    return any(_ABOUT_LINKS.search(query) for query in queries)


def links_of(messages: Sequence[int]) -> Links:
    """The pages these messages (ids) lead to, as the network's own words have them.

    What was edited since leads where its text says: the network's words are of the first version.
    """
    rows = Message.objects.filter(pk__in=messages, raw__isnull=False, edited_at=None)
    channels = Channel.objects.in_bulk(rows.values_list("channel", flat=True).distinct())
    connectors = {pk: pure_connector(channel) for pk, channel in channels.items()}
    told = rows.values_list("pk", "channel", "external_id", "raw")
    found = {
        pk: _told(connectors[channel], id_, bytes(raw)) for pk, channel, id_, raw in told if raw
    }
    return {pk: links for pk, links in found.items() if links}


def _told(connector: Connector, external_id: str, raw: bytes) -> tuple[str, ...]:
    try:
        items = connector.parse(raw)
    except Exception:  # it was readable once; a word less is better than a post unheard
        log.exception("what %s said of post %s cannot be read any more", connector, external_id)
        return ()
    posts = (item for item in items if isinstance(item, InboundPost))
    return next((post.links for post in posts if post.external_id == external_id), ())
