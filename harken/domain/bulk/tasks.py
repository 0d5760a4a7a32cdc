"""The worker's part: go on with changes too large to wait for, in either direction.

What is left to do stands in rows and each conversation is a transaction, so any number of workers
may look and a killed one leaves nothing half done.
"""

from __future__ import annotations

import threading

from harken.domain.bulk.models import BulkChange, Progress
from harken.domain.bulk.services.run import work
from harken.domain.bulk.services.undo import work_back
from harken.domain.journal.rounds import look_until

LOOK = 0.3  # seconds between two looks when nothing is at work
SLICE = 20  # conversations of one change before another has its turn


def run(stop: threading.Event) -> None:
    """Work until `stop` is set; closes the database connection of the calling thread."""
    look_until(stop, lambda: 0.0 if turn() else LOOK, "a change of many")


def turn() -> bool:
    """A slice of every change at work; whether any has more to do."""
    states = [Progress.RUNNING, Progress.UNDOING]
    more = False
    for change in BulkChange.objects.filter(state__in=states).select_related("made_by"):
        go_on = work if change.state == Progress.RUNNING else work_back
        more = go_on(change, SLICE) or more
    return more
