"""Cover: how many people a team needs, and when."""

from __future__ import annotations

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.models import Team, User
from harken.domain.roster.events import CoverChanged
from harken.domain.roster.models import Cover
from harken.domain.roster.services.permission import look_now, need_planner
from harken.domain.sla.models import BusinessHours
from harken.kit.refusals import Invalid

MOST = 500  # people


def add_cover(team: Team, people: int, *, hours: BusinessHours | None, by: User) -> Cover:
    """So many people are needed in these hours (None: always). Raises `NotAllowed`, `Invalid`."""
    need_planner(by, team)
    if not 1 <= people <= MOST:
        raise Invalid(f"Say how many people are needed, from 1 to {MOST}.")
    with transaction.atomic():
        cover = Cover.objects.create(team=team, people=people, hours=hours)
        _changed(team, by)
    return cover


def remove_cover(cover: Cover, *, by: User) -> None:
    """They are not needed any more. Raises `NotAllowed`."""
    need_planner(by, cover.team)
    with transaction.atomic():
        Cover.objects.filter(pk=cover.pk).delete()
        _changed(cover.team, by)


def _changed(team: Team, by: User) -> None:
    look_now([team.pk])
    record(CoverChanged(by=by.pk, teams=(team.pk,)))
