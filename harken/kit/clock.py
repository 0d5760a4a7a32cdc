"""The one source of time. Everything is UTC; tests move it by patching `now`."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, timezone-aware UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never jump; for deadlines and durations."""
    return time.monotonic()
