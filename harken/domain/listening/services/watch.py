"""Reads each monitor's minutes, silence included, and looks for storms in volume and echoes.

What was learnt, how far it was read, and the storms of those minutes change in one transaction: a
killed worker leaves none of it, and whoever looks next reads the same minutes again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Min, Q

from harken.domain.listening.models import Monitor
from harken.domain.listening.models_storms import MonitorWatch
from harken.domain.listening.services.repeated import MINUTE, Repeated
from harken.domain.listening.services.storms import end_storm, follow, note_change
from harken.domain.listening.trends.baseline import UTC
from harken.domain.listening.trends.gauge import Gauge
from harken.domain.listening.trends.kept import awake, kept
from harken.domain.listening.trends.storm import SENSITIVITIES, State, StormWatch
from harken.domain.sla.work_time import house_zone
from harken.kit import clock

log = logging.getLogger(__name__)
#: A post may reach us so long after it was sent and still be counted in its minute.
LAG = timedelta(seconds=60)
REMEMBERED = timedelta(days=14)  # what a new watch looks back on, if there is something
AT_ONCE = 20  # watches in one transaction
STRETCH = timedelta(hours=12)  # minutes read at once after an outage
AGAIN = timedelta(seconds=5)  # until a look for what could not be read

# Per monitor and minute: the posts of its own team, as in `queries_storms.hits_of`.
COUNTS = """
SELECT h.monitor_id, date_trunc('minute', h.sent_at), count(*)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS w(monitor, since, until)
JOIN listening_monitor o ON o.id = w.monitor
JOIN listening_monitorhit h
  ON h.monitor_id = w.monitor AND h.sent_at >= w.since AND h.sent_at < w.until
LEFT JOIN conversations_message m ON m.id = h.message_id
LEFT JOIN conversations_conversation c ON c.id = m.conversation_id
LEFT JOIN listening_mention x ON x.id = h.mention_id
WHERE m.deleted_at IS NULL AND x.deleted_at IS NULL
  AND (o.team_id IS NULL OR c.reader_team IS NULL OR c.reader_team = o.team_id)
GROUP BY 1, 2
"""
Counts = dict[int, dict[datetime, int]]


@dataclass(frozen=True, slots=True)
class Look:
    """When it is `now`, on whose wall clock, and what was repeated lately."""

    now: datetime
    zone: ZoneInfo
    repeated: Repeated


@transaction.atomic
def watch_due(heard: datetime | None, repeated: Repeated) -> int:
    """Read the minutes of what is due now, at most `AT_ONCE` monitors; how many that were.

    `heard`: up to when posts have met the monitors, None for never; later minutes are left alone.
    `repeated`: what this process remembers from one look to the next.
    """
    now = clock.now()
    _appoint(now)
    due = MonitorWatch.objects.filter(next_at__lte=now).select_related("monitor__team")
    locked = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_at", "pk")
    watches = list(locked[:AT_ONCE])
    if not watches:
        return 0
    look = Look(now, house_zone() or UTC, repeated)
    until = min(now - LAG, heard or now - REMEMBERED)
    stretches = [(each, _end_of(each, until)) for each in watches]
    counts = _counts(stretches)
    for watch, end in stretches:
        try:
            with transaction.atomic():
                _read(watch, end, counts[watch.pk], look)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # one that cannot be read must not silence the others
            log.exception("the watch of monitor %s could not be read", watch.pk)
            MonitorWatch.objects.filter(pk=watch.pk).update(next_at=now + MINUTE)
    return len(watches)


def _appoint(now: datetime) -> None:
    """A watch for each monitor that has none; it begins with the first post of two weeks."""
    recent = Q(monitorhit__sent_at__gte=now - REMEMBERED)
    without = Monitor.objects.filter(is_on=True, retired_at=None, watch=None)
    for monitor in without.annotate(first=Min("monitorhit__sent_at", filter=recent)):
        begins = _floor(min(monitor.first or now, now))
        row = MonitorWatch(monitor=monitor, number=monitor.number, read_to=begins, next_at=now)
        MonitorWatch.objects.bulk_create([row], ignore_conflicts=True)


def _end_of(watch: MonitorWatch, until: datetime) -> datetime:
    """Up to where it can be read now: whole minutes, not too many at once."""
    return max(watch.read_to, min(_floor(until), watch.read_to + STRETCH))


def _counts(stretches: Sequence[tuple[MonitorWatch, datetime]]) -> Counts:
    found: Counts = defaultdict(dict)
    ids = [watch.pk for watch, _ in stretches]
    since = [watch.read_to for watch, _ in stretches]
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [ids, since, [end for _, end in stretches]])
        for monitor, minute, count in cursor.fetchall():
            found[monitor][minute] = count
    return found


def _read(row: MonitorWatch, end: datetime, counts: dict[datetime, int], look: Look) -> None:
    """Let one watch read its minutes, and say when the next can be read."""
    monitor = row.monitor
    if monitor.retired_at or not monitor.is_on:
        _rest(row, look.now)
        return
    if row.number != monitor.number:  # another query is another volume: it learns anew
        end_storm(monitor, row.read_to)
        row.number, row.state = monitor.number, None
    if end == row.read_to:
        row.next_at = max(look.now + AGAIN, row.read_to + MINUTE + LAG)
        row.save()
        return
    watch = _awake(row, look.zone)
    hearing = look.repeated.hear(row, end, anything=bool(counts))
    while row.read_to < end:
        minute = hearing.minute(row.read_to)
        reading = watch.read(row.read_to, counts.get(row.read_to, 0), spreads=minute.spreads)
        row.read_to += MINUTE
        if reading.change:
            note_change(monitor, reading, minute.spread, look.now)
        elif reading.state is State.STORM:
            follow(monitor, reading, minute.spread)
    row.state = kept(watch) | {"echoes": hearing.usual()}
    row.next_at = end + MINUTE + LAG
    row.save()
    look.repeated.keep(row, hearing)


def _awake(row: MonitorWatch, zone: ZoneInfo) -> StormWatch:
    """What was learnt so far, on the wall clock of `zone`."""
    sensitivity = SENSITIVITIES[row.monitor.alarm]
    state = row.state
    watch = awake(state, sensitivity) if state else StormWatch(Gauge(MINUTE), sensitivity)
    baseline = watch.gauge.baseline
    if baseline.zone != zone:  # the house wrote its hours anew, or for the first time
        baseline.move_to(zone, row.read_to)
    return watch


def _rest(row: MonitorWatch, now: datetime) -> None:
    """Who does not listen hears no silence: these minutes are not read at all."""
    end_storm(row.monitor, now)
    row.read_to = max(row.read_to, _floor(now))
    row.next_at = row.read_to + MINUTE + LAG
    row.save()


def _floor(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
