"""Up to when the posts that sources put into the stream have met the monitors.

One row beside the signs of life; without it the sources go no way over a stream.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from harken.domain.channels.models import ProcessBeat
from harken.domain.listening.queries_sources import MATCHED
from harken.kit import clock

LATER = "UPDATE channels_processbeat SET at = GREATEST(at, %s) WHERE name = %s"


def begin_way(*, by_stream: bool) -> None:
    """The sources go this way from now on: over a stream, or none of them does."""
    if by_stream:
        ProcessBeat.objects.get_or_create(name=MATCHED, defaults={"at": clock.now()})
    else:
        ProcessBeat.objects.filter(name=MATCHED).delete()


def note_matched(until: datetime) -> None:
    """Everything that was put into the stream before `until` has met the monitors."""
    with connection.cursor() as cursor:
        cursor.execute(LATER, [min(until, clock.now()), MATCHED])
