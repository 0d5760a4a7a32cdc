"""What was read of a source is stored: posts heard, the cursor behind them, how it is doing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DataError, connection, transaction
from django.db.models import F

from harken.domain.journal.services import record
from harken.domain.listening.events import SourceStopped
from harken.domain.listening.models_sources import ListeningSource, SourceCount
from harken.domain.listening.queries_sources import STREAM_AWAY
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.stored import Post
from harken.kit import clock
from harken.kit.heard import Heard
from harken.kit.source import Caught

LONGEST_ERROR = 500  # characters kept of what a network said
SPAN = 300  # seconds counted together
KEPT = timedelta(days=2)

COUNT = """
INSERT INTO listening_sourcecount (source_id, at, heard, hits) VALUES (%s, %s, %s, %s)
ON CONFLICT ON CONSTRAINT source_counted_once
DO UPDATE SET heard = listening_sourcecount.heard + EXCLUDED.heard,
              hits = listening_sourcecount.hits + EXCLUDED.hits
"""


class Changed(Exception):
    """The source is not what its reader knows any more: paused, changed or taken out."""


def keep(source: int, number: int, caught: Caught, ear: Ear | None) -> int:
    """Store what a source gave in one transaction; how many new hits that was.

    Without an `ear` the posts were passed on and only the cursor and their number are stored.
    `number` is the change the reader knows. Raises `Changed` when there is another by now, and
    nothing is stored then.
    """
    with transaction.atomic():
        row = _read_by(source, number)
        hits = _hear(ear, caught.posts) if ear and caught.posts else 0
        row.cursor = caught.cursor
        row.heard += len(caught.posts)
        row.hits += hits
        now = clock.now()
        if not caught.trouble:
            row.last_heard_at = now
        _tell(row, caught.trouble, now)
        row.save()
        if caught.posts:
            _count(row.pk, now, len(caught.posts), hits)
    return hits


def stop_for_good(source: int, number: int, error: str) -> None:
    """The network said no and would say no again: a person must change something.

    Raises `Changed` when somebody just did.
    """
    with transaction.atomic():
        row = _read_by(source, number)
        row.stopped_at = clock.now()
        _tell(row, error, row.stopped_at)
        row.save()
        record(SourceStopped(source=row.pk, error=row.trouble))


def note_trouble(source: int, number: int, error: str) -> None:
    """Say why a source cannot be read; it will be tried again. Raises `Changed`."""
    with transaction.atomic():
        row = _read_by(source, number)
        _tell(row, error, clock.now())
        row.save()


def waiting_for_stream(error: str) -> str:
    """As the trouble of a source whose posts wait for the stream."""
    return STREAM_AWAY + error


def count_hits(source: int, hits: int) -> None:
    """Matchers made so many new hits of a source's posts; a source that is not ours counts nowhere.

    In the transaction that stores the hits.
    """
    if ListeningSource.objects.filter(pk=source).update(hits=F("hits") + hits):
        _count(source, clock.now(), 0, hits)


def _read_by(source: int, number: int) -> ListeningSource:
    row = (
        ListeningSource.objects.select_for_update()
        .filter(pk=source, number=number, is_on=True, retired_at=None, stopped_at=None)
        .first()
    )
    if row is None:
        raise Changed
    return row


def _tell(row: ListeningSource, trouble: str, now: datetime) -> None:
    row.trouble_since = (row.trouble_since or now) if trouble else None
    row.trouble = trouble.replace("\x00", "")[:LONGEST_ERROR]


def _hear(ear: Ear, posts: Sequence[Heard]) -> int:
    try:
        with transaction.atomic():
            return ear.hear([Post(post) for post in posts])
    except DataError:
        if len(posts) == 1:  # a post that no table can hold must not stop all that follow
            return 0
    return sum(_hear(ear, [post]) for post in posts)


def _count(source: int, now: datetime, heard: int, hits: int) -> None:
    at = now - timedelta(seconds=now.timestamp() % SPAN)
    at = at.replace(microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [source, at, heard, hits])
    SourceCount.objects.filter(source=source, at__lt=at - KEPT).delete()
