"""Posts of our own account that were written outside Harken, on a phone for example."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from harken.domain.channels.models import Channel
from harken.domain.conversations.events import AnsweredOutside
from harken.domain.conversations.models import ContextPost
from harken.domain.conversations.services.waiting import recompute
from harken.domain.journal.services import hint, tell_many
from harken.kit.connector import InboundPost
from harken.kit.text import storable

# Delivery holds the conversation before it stores our answer as a message. The same answer may be
# read from the network at that moment: without the conversations first, each would wait for the
# other, one for the row and one for the message.
HOLD = """
SELECT c.id FROM conversations_conversation c
WHERE c.id IN (
    SELECT m.conversation_id FROM conversations_contextpost o
    JOIN conversations_message m
      ON m.channel_id = o.channel_id AND m.external_id = o.parent_id_at_network
    WHERE o.channel_id = %(channel)s AND o.by_us AND o.deleted_at IS NULL
      AND (o.external_id = ANY(%(ids)s) OR o.parent_id_at_network = ANY(%(ids)s))
)
ORDER BY c.id FOR NO KEY UPDATE
"""

# A post of ours belongs to the conversation of the message it answers. It may come before that
# message: it waits among the context posts and is adopted when the message is there.
ADOPT = """
WITH adopted AS (
    INSERT INTO conversations_message (
        conversation_id, channel_id, external_id, direction, body, images, sent_at,
        parent_id_at_network, url, why)
    SELECT m.conversation_id, o.channel_id, o.external_id, 'outbound', o.body, o.images, o.sent_at,
           o.parent_id_at_network, o.url, 'own'
    FROM conversations_contextpost o
    JOIN conversations_message m
      ON m.channel_id = o.channel_id AND m.external_id = o.parent_id_at_network
    WHERE o.channel_id = %(channel)s AND o.by_us AND o.deleted_at IS NULL
      AND (o.external_id = ANY(%(ids)s) OR o.parent_id_at_network = ANY(%(ids)s))
    ON CONFLICT (channel_id, external_id) DO NOTHING
    RETURNING id, conversation_id, sent_at
), told AS (
    INSERT INTO journal_event (kind, conversation_id, channel_id, teams, data)
    SELECT 'AnsweredOutside', a.conversation_id, %(channel)s,
           array_remove(ARRAY[c.team_id], NULL), jsonb_build_object('message', a.id)
    FROM adopted a JOIN conversations_conversation c ON c.id = a.conversation_id
), settled AS (
    UPDATE conversations_conversation c
    SET settled_until = greatest(c.settled_until, a.newest)
    FROM (SELECT conversation_id, max(sent_at) AS newest FROM adopted GROUP BY 1) a
    WHERE c.id = a.conversation_id
)
SELECT conversation_id FROM adopted
"""


def keep_ours(channel: Channel, posts: Sequence[InboundPost]) -> None:
    """Remember our own posts, so that they show above conversations or become answers."""
    ContextPost.objects.bulk_create(
        [
            ContextPost(
                channel=channel,
                external_id=post.external_id,
                parent_id_at_network=post.parent_id or "",
                author_handle=storable(post.author.handle, 200),
                author_name=storable(post.author.display_name, 200),
                by_us=True,
                body=storable(post.text, 64_000),
                images=[{"url": i.url, "alt": i.alt, "thumb": i.thumb_url} for i in post.images],
                sent_at=post.sent_at,
                url=post.url,
            )
            for post in posts
        ],
        ignore_conflicts=True,
    )


def adopt_ours(channel: Channel, external_ids: Sequence[str]) -> int:
    """Turn our own posts that answer a stored message into messages of its conversation.

    `external_ids` are the posts of this batch, theirs and ours. Returns how many were adopted.
    An answer to an answer of ours is adopted one level at a time, until nothing more fits.
    """
    total = 0
    ids = list(external_ids)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(HOLD, {"channel": channel.pk, "ids": ids})
            cursor.execute(ADOPT, {"channel": channel.pk, "ids": ids})
            touched = [row[0] for row in cursor.fetchall()]
        if not touched:
            return total
        total += len(touched)
        recompute(set(touched))
        tell_many(AnsweredOutside, touched)
        hint()
        ids = list(
            ContextPost.objects.filter(
                channel=channel, by_us=True, parent_id_at_network__in=ids
            ).values_list("external_id", flat=True)
        )
