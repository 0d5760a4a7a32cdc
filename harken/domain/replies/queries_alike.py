"""The earlier answers of the team that a text resembles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.domain.replies.alike import plain, shape, similarity, trigrams
from harken.domain.replies.checks.port import Earlier
from harken.domain.replies.models import GONE
from harken.kit import clock

WINDOW = timedelta(days=30)
LOOKED_AT = 100  # replies compared in full; who is copied more often is found all the same
SHOWN = 3
LIKELY = 0.5  # below which nobody wants to see it

# The bands lead to candidates; what left with another name or signature is compared as a text.
CANDIDATES = """
SELECT r.id, coalesce(nullif(u.display_name, ''), u.username), r.written_at, r.body,
       x.name_to_use, u.signature
FROM (
    SELECT reply_id FROM replies_replyshape
    WHERE bands && %(bands)s::bigint[] AND written_at >= %(since)s
    ORDER BY (SELECT count(*) FROM unnest(bands) b WHERE b = ANY (%(bands)s::bigint[])) DESC
    LIMIT %(most)s
) s
JOIN replies_reply r ON r.id = s.reply_id
JOIN people_user u ON u.id = r.author_id
JOIN conversations_conversation c ON c.id = r.conversation_id
JOIN contacts_contact x ON x.id = c.contact_id
WHERE r.state <> ALL (%(gone)s) AND r.conversation_id <> %(mine)s
"""


def personal_words(conversation: Conversation, author: User) -> list[str]:
    """What every answer of its own differs by: the customer's name, the signature."""
    return [conversation.contact.name_to_use, author.signature]


def earlier_like(text: str, conversation: Conversation, *, by: User) -> list[Earlier]:
    """Answers of the last thirty days to other customers that `text` resembles, nearest first."""
    mine = trigrams(plain(text, personal_words(conversation, by)))
    bands = shape(mine)
    if not bands:
        return []
    found = []
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"bands": bands, "since": clock.now() - WINDOW, "most": LOOKED_AT}
        cursor.execute(CANDIDATES, asked | {"gone": list(GONE), "mine": conversation.pk})
        for id_, author, at, body, name, signature in cursor.fetchall():
            alike = similarity(mine, trigrams(plain(body, [name, signature])))
            if alike >= LIKELY:
                found.append(Earlier(id_, author, at, body, alike))
    return sorted(found, key=lambda each: (-each.similarity, -each.reply))[:SHOWN]
