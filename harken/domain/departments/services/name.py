"""Who answers by name: kept in a row for every conversation whose customer waits."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from harken.domain.conversations.models import Conversation, Place, Topic

AT_ONCE = 500  # conversations in one transaction

# A topic's owner answers only where they can see the conversation.
# The row starts anew when the conversation names somebody else or has another team; whoever
# stands in already stays otherwise, however much is said in the meantime.
NAME = """
WITH asked AS (
    SELECT c.id, coalesce(c.assignee_id, o.id) AS named, c.team_id,
           c.assignee_id IS NOT NULL AS assigned,
           c.place = 'open' AND c.waits_since IS NOT NULL AS waits
    FROM conversations_conversation c LEFT JOIN conversations_topic t ON t.id = c.topic_id
    LEFT JOIN people_user o ON o.id = t.owner_id
      AND (c.team_id IS NULL OR o.role IN ('manager', 'executive') OR EXISTS (
           SELECT 1 FROM people_membership m WHERE m.user_id = o.id AND m.team_id = c.team_id))
    -- What is merged away is answered for by whoever has the case.
    WHERE c.id = ANY(%(ids)s || ARRAY(
        SELECT m.merged_into_id FROM conversations_conversation m
        WHERE m.id = ANY(%(ids)s) AND m.merged_into_id IS NOT NULL))
), named AS (
    INSERT INTO departments_responsibility AS r
        (conversation_id, user_id, named_id, is_assigned, team_id, part, since)
    SELECT id, named, named, assigned, team_id,
           CASE WHEN named IS NULL THEN '' WHEN assigned THEN 'assignee' ELSE 'owner' END,
           statement_timestamp()
    FROM asked WHERE waits ORDER BY id
    ON CONFLICT (conversation_id) DO UPDATE
    SET user_id = excluded.user_id, named_id = excluded.named_id, team_id = excluded.team_id,
        is_assigned = excluded.is_assigned, part = excluded.part, since = excluded.since
    WHERE (r.named_id, r.is_assigned, r.team_id)
          IS DISTINCT FROM (excluded.named_id, excluded.is_assigned, excluded.team_id)
    RETURNING conversation_id
), over AS (
    DELETE FROM departments_responsibility r USING asked
    WHERE r.conversation_id = asked.id AND NOT asked.waits
)
UPDATE conversations_conversation c SET unowned_since = NULL
FROM asked WHERE c.id = asked.id AND c.unowned_since IS NOT NULL
  AND (NOT asked.waits OR EXISTS (SELECT 1 FROM named WHERE conversation_id = c.id))
"""
# After an upgrade or a restored backup there may be customers waiting without such a row.
WITHOUT = """
SELECT c.id FROM conversations_conversation c
WHERE c.id > %s AND c.place = 'open' AND c.waits_since IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM departments_responsibility r WHERE r.conversation_id = c.id)
ORDER BY c.id LIMIT %s FOR UPDATE OF c SKIP LOCKED
"""


def name_owners(conversations: Iterable[int]) -> None:
    """Bring the rows of these conversations (ids) up to date with whom they name."""
    ids = sorted(set(conversations))
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(NAME, {"ids": ids})


def name_owners_of(topic: Topic) -> None:
    """The topic got another owner: they answer for what waits there and nobody has."""
    free = Conversation.objects.filter(topic=topic, assignee=None, place=Place.OPEN)
    waiting = free.filter(waits_since__isnull=False).select_for_update(of=("self",))
    name_owners(waiting.order_by("pk").values_list("pk", flat=True))


def catch_up() -> None:
    """Give those who wait without such a row theirs, a transaction for each few hundred."""
    found = [0]
    while found:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(WITHOUT, [found[-1], AT_ONCE])
            found = [row[0] for row in cursor.fetchall()]
            name_owners(found)
