"""Working out, from the messages, who waits since when: the one definition of a turn."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

# A customer message is unanswered when nothing settled it: no reply or close covers its id, and
# our account did not answer later at the network. The oldest of them opens the turn.
RECOMPUTE = """
UPDATE conversations_conversation c
SET message_count = found.messages,
    last_message_at = coalesce(found.newest, c.last_message_at),
    snippet = coalesce(found.snippet, c.snippet),
    turn_id = oldest.id,
    waiting_since = oldest.sent_at
FROM conversations_conversation self
CROSS JOIN LATERAL (
    SELECT count(*) AS messages, max(m.sent_at) AS newest,
           (array_agg(CASE WHEN m.is_private THEN 'Private: ' ELSE '' END || left(m.body, 240)
                      ORDER BY m.sent_at DESC, m.id DESC)
            FILTER (WHERE m.direction = 'inbound' AND m.deleted_at IS NULL))[1] AS snippet
    FROM conversations_message m WHERE m.conversation_id = self.id
) found
LEFT JOIN LATERAL (
    SELECT m.id, m.sent_at FROM conversations_message m
    WHERE m.conversation_id = self.id AND m.direction = 'inbound' AND m.deleted_at IS NULL
      AND m.id > self.settled_id
      AND (self.settled_until IS NULL OR m.sent_at > self.settled_until)
    ORDER BY m.sent_at, m.id LIMIT 1
) oldest ON true
WHERE c.id = self.id AND self.id = ANY(%s)
"""


def recompute(conversations: Iterable[int]) -> None:
    """Bring turn, waiting time, count and snippet of these conversations (ids) up to date.

    Ids are locked in order so that two such calls never wait for each other in a ring.
    """
    ids = sorted(set(conversations))
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM conversations_conversation WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [ids],
        )
        cursor.execute(RECOMPUTE, [ids])
