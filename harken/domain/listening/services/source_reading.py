"""What was read of a source is stored: posts heard, the cursor behind them, how it is doing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DataError, connection, transaction
from django.db.models import F
from msgspec.structs import replace

from harken.domain.channels.sources import source_kinds
from harken.domain.journal.services import record
from harken.domain.listening.events import SourceStopped
from harken.domain.listening.models_sources import ListeningSource, SourceCount
from harken.domain.listening.queries_sources import STREAM_AWAY
from harken.domain.listening.services.gone import take_back_heard
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.stored import Post
from harken.kit import clock
from harken.kit.heard import Heard
from harken.kit.source import Caught

LONGEST_ERROR = 500  # characters kept of what a network said
SPAN = 300  # seconds counted together
KEPT = timedelta(days=2)
BEAT = 60.0  # seconds in which a source of a kind that is no more would have spoken
JOINED = timedelta(minutes=10)  # two absences closer than that are one: it was still catching up

COUNT = """
INSERT INTO listening_sourcecount (source_id, at, heard, hits) VALUES (%s, %s, %s, %s)
ON CONFLICT ON CONSTRAINT source_counted_once
DO UPDATE SET heard = listening_sourcecount.heard + EXCLUDED.heard,
              hits = listening_sourcecount.hits + EXCLUDED.hits
"""


class Changed(Exception):
    """The source is not what its reader knows any more: paused, changed or taken out."""


def dated(source: int, caught: Caught) -> Caught:
    """With each post: which source heard it, and from when it counts, where it came late.

    A post written while the source was not read waited for us, and one that came within the time
    between two looks too: both count since they were written. Any other old one the network gave
    us only now.
    """
    row = ListeningSource.objects.filter(pk=source).first()
    if row is None or not caught.posts:
        return caught
    now, beat = clock.now(), timedelta(seconds=_beat(row))
    _note_return(row, now)
    away = (row.away_since - beat, row.away_until) if row.away_since and row.away_until else None

    def is_late(sent_at: datetime) -> bool:
        waited_for_us = away is not None and away[0] <= sent_at <= away[1]
        return sent_at < now - beat and not waited_for_us

    posts = [
        replace(post, source=source, counts_from=now if is_late(post.sent_at) else None)
        for post in caught.posts
    ]
    return caught._replace(posts=tuple(posts))


def keep(source: int, number: int, caught: Caught, ear: Ear | None) -> int:
    """Store what a source gave in one transaction; how many new hits that was.

    Without an `ear` the posts were passed on and only the cursor and their number are stored.
    What was taken back goes in any case.
    `number` is the change the reader knows. Raises `Changed` when there is another by now, and
    nothing is stored then.
    """
    with transaction.atomic():
        row = _read_by(source, number)
        hits = _hear(ear, caught.posts) if ear and caught.posts else 0
        if caught.gone:
            take_back_heard(source, caught.gone)
        row.cursor = caught.cursor
        row.heard += len(caught.posts)
        row.hits += hits
        now = clock.now()
        if not caught.trouble:
            _note_return(row, now)
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


def _note_return(row: ListeningSource, now: datetime) -> None:
    """It is read again: since when it was not, if that is worth a word, and why."""
    read_until = row.last_heard_at
    if read_until is None or not (row.trouble or now - read_until > timedelta(seconds=_beat(row))):
        return
    goes_on = row.away_until is not None and read_until - row.away_until < JOINED
    row.away_since = row.away_since if goes_on else read_until
    row.away_until, row.away_why = now, row.trouble


def _beat(row: ListeningSource) -> float:
    kind = source_kinds().get(row.kind)
    return kind.beat if kind else BEAT


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
