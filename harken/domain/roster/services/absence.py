"""Absence: say that somebody is not there, and take it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.roster.events import AbsenceAdded, AbsenceEnded
from harken.domain.roster.models import Absence, Reason
from harken.domain.roster.services.permission import look_now, may_plan_for, planned_teams
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed


def add_absence(
    person: User, starts_at: datetime, ends_at: datetime, *, reason: str, by: User
) -> Absence:
    """Say that `person` is not there from one moment (aware) to another.

    Once it has begun, what they hold goes to colleagues within a minute. Raises `NotAllowed`,
    `Invalid`.
    """
    if not may_plan_for(by, person):
        raise NotAllowed(f"Only {person}, their leads and managers say when {person} is away.")
    if reason not in Reason.values:
        raise Invalid("Choose one of the reasons.")
    if ends_at <= starts_at or ends_at <= clock.now():
        raise Invalid("An absence ends after it starts, and not in the past.")
    with transaction.atomic():
        absence = Absence.objects.create(
            person=person, starts_at=starts_at, ends_at=ends_at, reason=reason, made_by=by
        )
        look_now(planned_teams(person))
        record(AbsenceAdded(by=by.pk, teams=_teams(person), absence=absence.pk, person=person.pk))
    return absence


def end_absence(absence: Absence, *, by: User) -> None:
    """Somebody is there again, or never goes: what is left of the absence is taken back.

    Raises `NotAllowed`.
    """
    person = absence.person
    if not may_plan_for(by, person):
        raise NotAllowed(f"Only {person}, their leads and managers can change this.")
    now = clock.now()
    with transaction.atomic():
        kept = Absence.objects.select_for_update().filter(pk=absence.pk, ends_at__gt=now)
        begun = kept.filter(starts_at__lt=now).update(ends_at=now)
        if not (begun or kept.delete()[0]):
            return
        look_now(planned_teams(person))
        record(AbsenceEnded(by=by.pk, teams=_teams(person), absence=absence.pk, person=person.pk))


def _teams(person: User) -> tuple[int, ...]:
    own = person.teams.values_list("pk", flat=True)
    return tuple(sorted({*own, *planned_teams(person)}))
