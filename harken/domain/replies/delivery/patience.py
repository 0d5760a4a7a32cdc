"""Settling in spite of a database that hiccups."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection

PAUSES = (0.05, 0.2, 1.0, 3.0)  # seconds; a deadlock, a short restart


def patiently(settle: Callable[[], None]) -> None:
    """Run one settling transaction, again after a deadlock or a lost connection.

    The network call it follows cannot be taken back, so it is worth waiting a little. If the
    database stays away the error is raised: the lease runs out and the reply is looked for.
    """
    for pause in PAUSES:
        try:
            return settle()
        except (OperationalError, InterfaceError):
            connection.close_if_unusable_or_obsolete()
            time.sleep(pause)
    return settle()
