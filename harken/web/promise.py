"""The promise of the product, as the clocks on the pages show it."""

from __future__ import annotations

from datetime import datetime, timedelta

#: A person answers within a minute.
ANSWER_WITHIN = timedelta(seconds=60)


def due(waiting_since: datetime | None) -> datetime | None:
    """When an answer is due; None when nobody waits."""
    return None if waiting_since is None else waiting_since + ANSWER_WITHIN
