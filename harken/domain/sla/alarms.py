"""The alarm: rings for every promise whose time comes, once, within a second.

When to ring stands in the rows, so any number of workers may look and none has to remember: a
killed one is replaced by whoever looks next, and its unfinished ring was never committed.
"""

from __future__ import annotations

import logging
import threading

from django.db import InterfaceError, OperationalError, connection, transaction

from harken.domain.journal.services import hint, tell_many
from harken.domain.sla.events import SLABreached, SLADueSoon
from harken.domain.sla.services.adjust import adjust

log = logging.getLogger(__name__)
LOOK = 0.25  # seconds between two looks at most; a promise made in between is found by the next
HELD = 0.02  # seconds until the next look when all that is due is held by others
AT_ONCE = 500  # alarms in one transaction
DATABASE_AWAY = 1.0  # seconds between two looks for a lost database

# One statement rings: it changes the rows that nobody else is ringing and writes down that it did.
# The same row comes twice, first shortly before it is due (unless that is over) and then at it.
# The conversation is held before its clock, as by everybody else: who closes or answers holds it
# first and then ends the clock. One that somebody holds right now rings at the next look.
RING = """
WITH held AS MATERIALIZED (
    SELECT c.id FROM conversations_conversation c
    WHERE c.id = ANY (ARRAY(
        SELECT a.conversation_id FROM sla_appliedsla a
        WHERE a.alarm_at <= statement_timestamp() ORDER BY a.alarm_at LIMIT %s))
    ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
), ripe AS MATERIALIZED (
    SELECT a.id FROM sla_appliedsla a
    WHERE a.conversation_id = ANY (ARRAY(SELECT id FROM held))
      AND a.alarm_at <= statement_timestamp()
    FOR UPDATE OF a SKIP LOCKED
), rung AS (
    UPDATE sla_appliedsla a
    SET state = CASE WHEN a.due_at <= statement_timestamp() THEN 'breached' ELSE a.state END,
        alarmed_at = CASE WHEN a.due_at <= statement_timestamp() THEN statement_timestamp() END,
        alarm_at = CASE WHEN a.due_at > statement_timestamp() THEN a.due_at END
    FROM ripe WHERE a.id = ripe.id
    RETURNING a.id, a.conversation_id, a.state = 'breached' AS over
), noted AS (
    INSERT INTO sla_slaevent (applied_id, kind)
    SELECT id, CASE WHEN over THEN 'breached' ELSE 'due_soon' END FROM rung
), told AS (
    INSERT INTO journal_event (kind, conversation_id, channel_id, teams, data)
    SELECT CASE WHEN over THEN 'SLABreached' ELSE 'SLADueSoon' END, c.id, c.channel_id,
           array_remove(ARRAY[c.team_id], NULL), jsonb_build_object('applied', rung.id)
    FROM rung JOIN conversations_conversation c ON c.id = rung.conversation_id
)
SELECT conversation_id, over FROM rung
"""
NEXT = "SELECT extract(epoch FROM min(alarm_at) - clock_timestamp()) FROM sla_appliedsla"
# After an upgrade or a restored backup there may be people waiting whom nobody promised anything.
WITHOUT = """
SELECT c.id FROM conversations_conversation c
WHERE c.id > %s AND c.state = 'open' AND c.waiting_since IS NOT NULL AND c.due_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM sla_appliedsla a WHERE a.conversation_id = c.id)
ORDER BY c.id LIMIT %s FOR UPDATE OF c SKIP LOCKED
"""


def run(stop: threading.Event) -> None:
    """Ring until `stop` is set; closes the database connection of the calling thread."""
    caught_up = False
    try:
        while not stop.is_set():
            try:
                if not caught_up:
                    catch_up()
                    caught_up = True
                rung = ring()
                wait = LOOK if rung < AT_ONCE else 0.0
                # What was due and held by somebody is due still: no racing round for it.
                wait = min(wait, seconds_to_next() if rung else max(HELD, seconds_to_next()))
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is away: %s", error)
                connection.close_if_unusable_or_obsolete()
                wait = DATABASE_AWAY
            except Exception:  # one broken row must not silence the alarm for all others
                log.exception("the alarm could not ring")
                wait = DATABASE_AWAY
            stop.wait(wait)
    finally:
        connection.close()


@transaction.atomic
def ring() -> int:
    """Ring for what is due now, at most `AT_ONCE`; how many that were."""
    with connection.cursor() as cursor:
        cursor.execute(RING, [AT_ONCE])
        rung: list[tuple[int, bool]] = cursor.fetchall()
    if rung:
        hint()
        tell_many(SLABreached, (conversation for conversation, over in rung if over))
        tell_many(SLADueSoon, (conversation for conversation, over in rung if not over))
    return len(rung)


def seconds_to_next() -> float:
    """Seconds until the next alarm by the database's clock, 0 at least; endless without one."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        found = cursor.fetchone()
    return float("inf") if found is None or found[0] is None else max(0.0, float(found[0]))


def catch_up() -> None:
    """Give those who wait without any clock theirs, a transaction for each few hundred."""
    found = [0]
    while found:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(WITHOUT, [found[-1], AT_ONCE])
            found = [row[0] for row in cursor.fetchall()]
            adjust(found)
