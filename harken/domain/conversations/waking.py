"""What wakes a snoozed conversation by itself: its moment, the customer, an answer that is due.

The moments stand in the rows, so any number of workers may look and none has to remember: a
killed one is replaced by whoever looks next, and its unfinished round was never committed.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from django.db import connection, transaction

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.models_set_aside import Waker
from harken.domain.conversations.services.snooze import end_snoozes
from harken.domain.journal.rounds import look_until

LOOK = 0.25  # seconds between two looks at most; a snooze made in between is found by the next
AT_ONCE = 200  # conversations woken in one transaction

# The conversation's row comes first, as everywhere; one somebody holds is taken at the next look.
RIPE = """
SELECT c.id FROM conversations_conversation c
JOIN conversations_snooze s ON s.conversation_id = c.id AND s.ended_at IS NULL
WHERE s.until <= statement_timestamp()
ORDER BY s.until LIMIT %s FOR UPDATE OF c SKIP LOCKED
"""
NEXT = """
SELECT extract(epoch FROM min(until) - clock_timestamp())
FROM conversations_snooze WHERE ended_at IS NULL
"""
# Every page of posts asks this, so it only touches rows by their keys.
SET_APART = """
SELECT c.id, c.snoozed_until IS NOT NULL FROM conversations_conversation c
WHERE c.id = ANY(ARRAY(
        SELECT unnest(ARRAY[m.id, m.merged_into_id]) FROM conversations_conversation m
        WHERE m.id = ANY(%(ids)s)))
  AND (c.snoozed_until IS NOT NULL OR c.woken_at IS NOT NULL)
ORDER BY c.id
"""


def run(stop: threading.Event) -> None:
    """Wake until `stop` is set; closes the database connection of the calling thread."""

    def round_() -> float:
        wait = LOOK if wake_ripe() < AT_ONCE else 0.0
        return min(wait, _seconds_to_next())

    look_until(stop, round_, "the waking")


@transaction.atomic
def wake_ripe() -> int:
    """Wake those whose moment came, at most `AT_ONCE`; how many that were."""
    with connection.cursor() as cursor:
        cursor.execute(RIPE, [AT_ONCE])
        ripe = [row[0] for row in cursor.fetchall()]
    return end_snoozes(ripe, Waker.MOMENT) if ripe else 0


def _seconds_to_next() -> float:
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        found = cursor.fetchone()
    # A moment that is over and still there: somebody holds the row. No reason to run in circles.
    return LOOK if found is None or found[0] is None else max(0.02, float(found[0]))


def wake_for_the_customer(conversations: Sequence[int]) -> None:
    """The customer wrote: nothing sleeps on, and nothing stands out as woken any more."""
    asleep, on_top = _set_apart(conversations)
    _rouse(asleep, Waker.CUSTOMER)
    _settle(on_top)


def wake_for_the_clock(conversations: Sequence[int]) -> None:
    """An answer is due soon, or overdue: it must be seen."""
    _rouse(_set_apart(conversations)[0], Waker.DUE)


def leave_the_top(conversations: Sequence[int]) -> None:
    """Somebody took a woken conversation up: it needs no place above the others any more."""
    _settle(_set_apart(conversations)[1])


def _set_apart(conversations: Sequence[int]) -> tuple[list[int], list[int]]:
    """Of these and those that lead them (ids): which sleep, and which stand out as woken."""
    connection.ensure_connection()
    # The driver's own cursor keeps the statement prepared: the intake runs it for every page.
    asked = connection.connection.execute(SET_APART, {"ids": list(conversations)}, prepare=True)
    rows = asked.fetchall()
    return [pk for pk, sleeps in rows if sleeps], [pk for pk, sleeps in rows if not sleeps]


def _rouse(asleep: Sequence[int], why: Waker) -> None:
    if asleep:
        rows = Conversation.objects.select_for_update(of=("self",), no_key=True)
        held = rows.filter(pk__in=asleep).order_by("pk").values_list("pk", flat=True)
        end_snoozes(list(held), why)


def _settle(on_top: Sequence[int]) -> None:
    if on_top:
        Conversation.objects.filter(pk__in=on_top).update(woken_at=None, snoozed_by=None)
