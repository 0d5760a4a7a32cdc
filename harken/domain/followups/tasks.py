"""The worker's look at what was promised; its moments stand in the rows.

Any number of workers may look, and a killed one is replaced by whoever looks next.
"""

from __future__ import annotations

import threading

from harken.domain.followups.services.remind import AT_ONCE, remind_ripe
from harken.domain.journal.rounds import look_until

LOOK = 0.5  # seconds between two looks


def run(stop: threading.Event) -> None:
    """Look until `stop` is set; closes the database connection of the calling thread."""
    look_until(stop, lambda: LOOK if remind_ripe() < AT_ONCE else 0.0, "the clock of follow-ups")
