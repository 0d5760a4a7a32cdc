"""The roster's thread in the worker: acts when a moment comes, within half a second.

Moments are rows, so any number of workers may look and none has to remember.
"""

from __future__ import annotations

import logging
import threading

from django.db import InterfaceError, OperationalError, connection, transaction

from harken.domain.roster.services.calls import tell_on_call
from harken.domain.roster.services.look import look, release_absent
from harken.domain.roster.services.release import hand_on_written

log = logging.getLogger(__name__)
LOOK = 0.5  # seconds between two looks
DATABASE_AWAY = 1.0  # seconds between two looks for a lost database

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
    try:
        while not stop.is_set():
            wait = LOOK
            try:
                if anything():
                    act()
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is away: %s", error)
                connection.close_if_unusable_or_obsolete()
                wait = DATABASE_AWAY
            except Exception:  # one broken plan must not keep all others from being looked at
                log.exception("the roster could not be looked at")
                wait = DATABASE_AWAY
            stop.wait(wait)
    finally:
        connection.close()


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
