"""The worker's look at what was promised; its moments stand in the rows.

Any number of workers may look, and a killed one is replaced by whoever looks next.
"""

from __future__ import annotations

import logging
import threading

from django.db import InterfaceError, OperationalError, connection

from harken.domain.followups.services.remind import AT_ONCE, remind_ripe

log = logging.getLogger(__name__)
LOOK = 0.5  # seconds between two looks
DATABASE_AWAY = 1.0  # seconds between two looks for a lost database


def run(stop: threading.Event) -> None:
    """Look until `stop` is set; closes the database connection of the calling thread."""
    try:
        while not stop.is_set():
            try:
                wait = LOOK if remind_ripe() < AT_ONCE else 0.0
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is away: %s", error)
                connection.close_if_unusable_or_obsolete()
                wait = DATABASE_AWAY
            except Exception:  # one broken row must not let all others be forgotten
                log.exception("nobody could be reminded")
                wait = DATABASE_AWAY
            stop.wait(wait)
    finally:
        connection.close()
