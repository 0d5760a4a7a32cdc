"""One look at one team: who came, who left, whose shift ends soon, where somebody will be missing.

What is true stands in the plan; a look compares it with what the last look found and acts on the
difference, in one transaction. So it does not matter how late a look is, how often it happens, or
whether a worker is killed in the middle of one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.journal.services import record
from harken.domain.notifications.services import notify
from harken.domain.people.models import Role, Team, User
from harken.domain.roster.addresses import HANDOVER, ROSTER
from harken.domain.roster.events import CoverageGapTold, DutyChanged
from harken.domain.roster.models import Absence, Layer, OnDuty, TeamRoster, ToldGap
from harken.domain.roster.plan import Gap, Stretch
from harken.domain.roster.queries import AHEAD, gaps_of, is_rostered, plan_of
from harken.domain.roster.services.calls import call_for_team
from harken.domain.roster.services.release import ABSENCE, SHIFT, hand_on

BEFORE_END = timedelta(minutes=30)  # when who leaves is told
BEFORE_GAP = timedelta(days=1)  # when the leads are told
LOOK_ANYWAY = timedelta(hours=1)  # people leave the company without telling the roster


@transaction.atomic
def look() -> bool:
    """Look at the team whose moment has come longest ago; False when there is none."""
    due = TeamRoster.objects.select_for_update(of=("self",), skip_locked=True)
    due = due.filter(look_at__lte=Now()).annotate(now=Now()).select_related("team")
    roster = due.order_by("look_at").first()
    if roster is None:
        return False
    _look(roster, roster.now)
    return True


@transaction.atomic
def release_absent() -> int:
    """Hand on what people hold whose absence has begun; how many absences that were."""
    begun = Absence.objects.select_for_update(of=("self",), skip_locked=True)
    begun = begun.filter(released_at=None, starts_at__lte=Now()).select_related("person")
    found = list(begun.annotate(now=Now()).order_by("starts_at")[:50])
    for absence in found:
        if absence.ends_at > absence.now:
            hand_on(absence.person, team=absence.person.teams.first(), why=ABSENCE)
        absence.released_at = absence.now
        absence.save(update_fields=["released_at"])
    return len(found)


def _look(roster: TeamRoster, now: datetime) -> None:
    team = roster.team
    stretches = plan_of(team, now, now + AHEAD).stretches()
    on = _note_who_is_on(team, stretches, now) if is_rostered(team) else _nobody(team)
    missing = gaps_of(team, now, now + AHEAD)
    _tell_of_ends(team, now)
    _tell_of_gaps(team, missing, now)
    if not on:
        call_for_team(team)
    moments = [stretches[0].ends, now + LOOK_ANYWAY]
    moments += [row.until - BEFORE_END for row in on if row.until and not row.told_at]
    moments += [gap.starts - BEFORE_GAP for gap in missing]
    roster.look_at = min(moment for moment in moments if moment > now)
    roster.save(update_fields=["look_at"])


def _note_who_is_on(team: Team, stretches: list[Stretch], now: datetime) -> list[OnDuty]:
    """Bring the rows of a team up to date and hand on what those hold who left."""
    known = {row.person_id: row for row in OnDuty.objects.filter(team=team)}
    on = stretches[0].people
    came, left = sorted(on - set(known)), sorted(set(known) - on)
    OnDuty.objects.filter(team=team, person__in=left).delete()
    rows = [known.get(one) or OnDuty(team=team, person_id=one, since=now) for one in sorted(on)]
    for row in rows:
        until = _until(row.person_id, stretches)
        if row.until != until and (until is None or until - BEFORE_END > now):
            row.told_at = None
        row.until = until
        row.save()
    if came or left:
        record(DutyChanged(teams=(team.pk,), came=tuple(came), left=tuple(left)))
    for person in User.objects.filter(pk__in=left).order_by("pk"):
        hand_on(person, team=team, why=_why(person, now))
    return rows


def _nobody(team: Team) -> list[OnDuty]:
    """A team without a roster: nothing is known, and nobody left."""
    OnDuty.objects.filter(team=team).delete()
    return []


def _until(person: int, stretches: list[Stretch]) -> datetime | None:
    """When this person's time is over; None when that is further away than a look reaches."""
    return next((each.starts for each in stretches if person not in each.people), None)


def _why(person: User, now: datetime) -> str:
    away = person.absences.filter(starts_at__lte=now, ends_at__gt=now)
    return ABSENCE if away.exists() else SHIFT


def _tell_of_ends(team: Team, now: datetime) -> None:
    ending = OnDuty.objects.filter(team=team, told_at=None, until__lte=now + BEFORE_END)
    for row in ending.select_related("person"):
        assert row.until is not None
        text = f"Your shift in {team} ends at {_time(row.until, team)}. Leave the next one a note"
        notify("shift_ending", to=[row.person], text=text, url=f"{HANDOVER}?team={team.slug}")
        row.told_at = now
        row.save(update_fields=["told_at"])


def _tell_of_gaps(team: Team, missing: list[Gap], now: datetime) -> None:
    """Tell the leads of what begins within a day, once, however its ends move until then."""
    for gap in missing:
        if gap.starts > now + BEFORE_GAP:
            continue
        told = ToldGap.objects.filter(team=team, missing__gte=gap.missing)
        if told.filter(starts_at__lt=gap.ends, ends_at__gt=gap.starts).exists():
            continue
        row = ToldGap.objects.create(
            team=team, starts_at=gap.starts, ends_at=gap.ends, missing=gap.missing, told_at=now
        )
        record(CoverageGapTold(teams=(team.pk,), gap=row.pk))
        text = f"{team}: {gap.missing} missing from {_time(gap.starts, team, day=True)}"
        notify("coverage_gap", to=leaders(team), text=text, url=f"{ROSTER}?team={team.slug}")


def leaders(team: Team) -> list[User]:
    """The leads of a team; where it has none the managers."""
    leads = team.members.filter(is_active=True, role=Role.LEAD).order_by("pk")
    return list(leads) or list(User.objects.filter(Q(role=Role.MANAGER), is_active=True))


def _time(moment: datetime, team: Team, *, day: bool = False) -> str:
    layer = Layer.objects.filter(team=team, retired_at=None).order_by("kind", "position").first()
    local = moment.astimezone(ZoneInfo(layer.zone if layer else "UTC"))
    return f"{local:%A %-d %B, %H:%M}" if day else f"{local:%H:%M}"
