"""The roster's thread in the worker: acts when a moment comes, within half a second.

Moments are rows, so any number of workers may look and none has to remember.
"""

from __future__ import annotations

import threading

from django.db import connection, transaction

from harken.domain.journal.rounds import look_until
from harken.domain.roster.services.calls import tell_on_call
from harken.domain.roster.services.look import look, release_absent
from harken.domain.roster.services.release import hand_on_written

LOOK = 0.5  # seconds between two looks

# Asked twice a second by every worker, so it is one statement that finds nothing by four indexes.
ANYTHING = """
SELECT EXISTS (SELECT 1 FROM roster_teamroster WHERE look_at <= statement_timestamp())
    OR EXISTS (SELECT 1 FROM roster_absence
               WHERE released_at IS NULL AND starts_at <= statement_timestamp())
    OR EXISTS (SELECT 1 FROM roster_stillwriting)
    OR EXISTS (SELECT 1 FROM roster_call
               WHERE ended_at IS NULL AND due_at <= statement_timestamp())
"""


def run(stop: threading.Event) -> None:
    """Act until `stop` is set; closes the database connection of the calling thread."""

    def round_() -> float:
        if anything():
            act()
        return LOOK

    look_until(stop, round_, "the roster")


def anything() -> bool:
    """Whether a moment has come."""
    with connection.cursor() as cursor:
        cursor.execute(ANYTHING)
        row = cursor.fetchone()
    return bool(row and row[0])


def act() -> None:
    """Do everything whose moment has come, each in a transaction of its own."""
    while look():
        pass
    while release_absent():
        pass
    with transaction.atomic():
        hand_on_written()
    with transaction.atomic():
        tell_on_call()
