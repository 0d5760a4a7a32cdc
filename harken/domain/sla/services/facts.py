"""What must be known of conversations to keep their clocks right, read in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import connection

from harken.domain.sla.course import SOON, Course


class Policy(msgspec.Struct):
    """The part of a policy that a clock takes along; `version` is that of its hours in force."""

    id: int
    first_response: int | None
    next_response: int | None
    resolution: int | None
    pauses: bool
    version: int | None


class Found(msgspec.Struct):
    """What could end a clock: the first answer since it started, the loss of its message."""

    clock: int
    answer: int | None
    answered_at: datetime | None
    deleted_at: datetime | None


class Facts(msgspec.Struct):
    """One conversation: its turn, its clocks (running ones and those of this turn), its policy."""

    id: int
    channel: int
    team: int | None
    is_open: bool
    closed_at: datetime | None
    turn: int | None
    waiting_since: datetime | None
    newest: int | None
    answered: bool | None
    policy: Policy | None
    clocks: list[Course] | None
    found: list[Found] | None


# The clocks are locked, so that the alarm and an answer never both decide about one of them.
# The conversations are locked by whoever changed them.
FACTS = """
WITH clock AS MATERIALIZED (
    SELECT a.* FROM sla_appliedsla a
    JOIN conversations_conversation c ON c.id = a.conversation_id
    WHERE a.conversation_id = ANY(%(ids)s) AND (a.ended_at IS NULL OR a.turn_id = c.turn_id)
    ORDER BY a.id FOR UPDATE OF a
), held AS (
    SELECT k.conversation_id, json_agg(k) AS clocks, json_agg(json_build_object(
        'clock', k.id, 'answer', o.id, 'answered_at', o.sent_at, 'deleted_at', t.deleted_at
    )) FILTER (WHERE k.ended_at IS NULL) AS found
    FROM clock k
    LEFT JOIN conversations_message t ON t.id = k.turn_id
    LEFT JOIN LATERAL (
        SELECT m.id, m.sent_at FROM conversations_message m
        WHERE m.conversation_id = k.conversation_id AND m.direction = 'outbound'
          AND m.id > k.seen_id AND k.ended_at IS NULL
        ORDER BY m.sent_at, m.id LIMIT 1
    ) o ON true
    GROUP BY 1
), fact AS (
    SELECT c.id, c.channel_id AS channel, c.team_id AS team, c.state = 'open' AS is_open,
           c.closed_at, c.turn_id AS turn, c.waiting_since, said.newest, said.answered,
           CASE WHEN p.id IS NOT NULL THEN to_json(p) END AS policy, h.clocks, h.found
    FROM conversations_conversation c
    JOIN channels_channel ch ON ch.id = c.channel_id
    JOIN contacts_contact person ON person.id = c.contact_id
    LEFT JOIN held h ON h.conversation_id = c.id
    LEFT JOIN LATERAL (
        SELECT max(m.id) AS newest, bool_or(m.direction = 'outbound') AS answered
        FROM conversations_message m WHERE m.conversation_id = c.id
    ) said ON true
    LEFT JOIN LATERAL (
        SELECT id, first_response, next_response, resolution, pauses, version
        FROM sla_policy_for(ch.brand_id, c.channel_id, c.topic_id, c.team_id, c.why, c.priority,
                            person.mark)
    ) p ON true
    WHERE c.id = ANY(%(ids)s)
)
SELECT coalesce(json_agg(fact), '[]')::text FROM fact
"""
BEGIN = "SELECT sla_begin(%s::bigint[], %s)"
_decode = msgspec.json.Decoder(list[Facts]).decode


def begin(conversations: Sequence[int]) -> list[int]:
    """Start the clocks that are plain to start; the ids of those that need the whole look."""
    connection.ensure_connection()
    values = [list(conversations), SOON]
    row = connection.connection.execute(BEGIN, values, prepare=True).fetchone()
    return sorted(row[0] or ())


def read(conversations: Sequence[int]) -> list[Facts]:
    """The facts of these conversations (ids), by id."""
    connection.ensure_connection()
    # The driver's own cursor keeps the statement prepared: the intake runs it for every page.
    row = connection.connection.execute(FACTS, {"ids": list(conversations)}, prepare=True)
    return _decode(row.fetchone()[0])
