"""The rounds of a thread that acts when a moment stored in a row has come: look, wait, look again.

Moments are compared with the database's clock, since all processes share that one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)
DATABASE_AWAY = 1.0  # seconds until what failed is tried again


def look_until(stop: threading.Event, look: Callable[[], float], what: str) -> None:
    """Call `look` until `stop` is set; it says how many seconds to wait until the next time.

    What fails is logged as of `what` and tried again a second later; a round never ends of it.
    Closes the database connection of the calling thread.
    """
    try:
        while not stop.is_set():
            try:
                wait = look()
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is away: %s", error)
                connection.close_if_unusable_or_obsolete()
                wait = DATABASE_AWAY
            except Exception:  # the rounds must not stop, whatever it is
                log.exception("%s missed a look", what)
                wait = DATABASE_AWAY
            stop.wait(wait)
    finally:
        connection.close()


def seconds_to_next(query: str) -> float:
    """The seconds that `query` tells, 0 at least; endless where it tells nothing."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = cursor.fetchone()
    return float("inf") if found is None or found[0] is None else max(0.0, float(found[0]))
