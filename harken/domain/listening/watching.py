"""The clock of storms; part of the worker process.

When a monitor's next minute can be read stands in its row, so any number of workers may look and
none has to remember.
"""

from __future__ import annotations

import threading
from datetime import datetime

from django.db.models import Max

from harken.domain.channels.models import Channel
from harken.domain.journal.queries import Position, after
from harken.domain.journal.rounds import look_until
from harken.domain.listening.models import ListeningCursor
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.queries_sources import matched_until
from harken.domain.listening.services.repeated import Repeated
from harken.domain.listening.services.watch import AT_ONCE, watch_due
from harken.domain.listening.tasks import NAME

LOOK = 1.0  # seconds between two looks at most; minutes are counted a minute late anyway


def run(stop: threading.Event) -> None:
    """Watch until `stop` is set; closes the database connection of the calling thread."""
    repeated = Repeated()

    def look() -> float:
        return LOOK if watch_due(heard_up_to(), repeated) < AT_ONCE else 0.0

    look_until(stop, look, "the clock of storms")


def heard_up_to() -> datetime | None:
    """Up to when posts were read and met the monitors; None: never.

    Beyond it no hit does not mean that nothing was said.
    """
    read = [Channel.objects.aggregate(at=Max("last_heard_at"))["at"], _sources_heard_up_to()]
    newest: datetime | None = max((at for at in read if at is not None), default=None)
    place = ListeningCursor.objects.filter(pk=NAME).first()
    if newest is None or place is None:
        return None
    unread = after(Position(place.xid, place.event), 1)
    return min(newest, unread[0].at) if unread else newest


def _sources_heard_up_to() -> datetime | None:
    """What was read of sources and still waits in the stream has met no monitor."""
    read: datetime | None = ListeningSource.objects.aggregate(at=Max("last_heard_at"))["at"]
    matched = matched_until()
    return min(read, matched) if read and matched else read
