"""Noting who is there: the roster knows, a row for each person keeps since when they are not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from harken.domain.departments.models import Attendance
from harken.domain.people.models import Role, User
from harken.domain.presence.models import Presence
from harken.domain.roster.queries import SEEN, is_on_duty, on_duty
from harken.kit import clock

REFRESH = timedelta(seconds=5)  # between two times that "still there" is written down
EXACT = timedelta(milliseconds=100)  # how exactly the end of a shift is found afterwards


@transaction.atomic
def note_attendance() -> None:
    """Write down who came and who left since the last look, by anybody."""
    now = clock.now()
    there = {person.pk for person in on_duty(at=now)}
    known = {row.user_id: row for row in Attendance.objects.all()}
    people = User.objects.exclude(role=Role.VIEWER)
    changed = [
        row
        for person in people
        if (row := _noted(person, known.get(person.pk), there, now)) is not None
    ]
    Attendance.objects.bulk_create(
        sorted(changed, key=lambda row: row.user_id),
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["away_since", "seen_at"],
    )


def _noted(
    person: User, before: Attendance | None, there: set[int], now: datetime
) -> Attendance | None:
    """The row to write, None when it stands already."""
    if person.pk in there:
        fresh = before and not before.away_since and before.seen_at > now - REFRESH
        return None if fresh else Attendance(user=person, seen_at=now)
    if before is None:
        return Attendance(user=person, seen_at=now, away_since=now)
    if before.away_since is not None:
        return None
    left = _left_at(person, before.seen_at, now)
    return Attendance(user=person, seen_at=before.seen_at, away_since=left)


def _left_at(person: User, seen: datetime, now: datetime) -> datetime:
    """When somebody left who was there at `seen` and is not `now`, however late anybody looks.

    The roster is asked back in time; where there is none, a browser was last heard of. Who closed
    their browser has left now: nothing says when.
    """
    if not is_on_duty(person, seen):
        heard = Presence.objects.filter(user=person).aggregate(last=Max("heard_at"))["last"]
        return heard + SEEN if heard and seen <= heard + SEEN <= now else now
    early, late = seen, now
    while late - early > EXACT:
        middle = early + (late - early) / 2
        early, late = (middle, late) if is_on_duty(person, middle) else (early, middle)
    return late
