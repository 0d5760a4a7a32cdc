"""Business hours: make them, change them by a new version, take them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.sla import clock as business
from harken.domain.sla.calendars import as_hours, public_holidays
from harken.domain.sla.clock import Interval
from harken.domain.sla.events import BusinessHoursChanged, BusinessHoursRetired
from harken.domain.sla.models import BusinessHours, HoursVersion, SLAPolicy
from harken.domain.sla.services.permission import need_manager
from harken.kit import clock
from harken.kit.refusals import Invalid, Refusal


class InUse(Refusal):
    """A promise still counts in these hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When a team works: `week` has seven lists of intervals in minutes, Monday first."""

    name: str
    zone: str
    week: Sequence[Sequence[Interval]]
    country: str = ""
    subdivision: str = ""
    days_off: Sequence[date] = field(default_factory=tuple)

    def version(self, by: User) -> HoursVersion:
        """An unsaved version that says this. Raises `Invalid` for what does not exist or open."""
        if not self.name.strip() or len(self.name) > 60:
            raise Invalid("Give the business hours a name of at most 60 characters.")
        if self.zone not in available_timezones():
            raise Invalid("Choose a time zone of the list, such as Europe/Amsterdam.")
        made = HoursVersion(
            zone=self.zone,
            week=[[list(interval) for interval in day] for day in self.week],
            country=self.country,
            subdivision=self.subdivision,
            days_off=list(self.days_off),
            made_by=by,
        )
        today = clock.now().astimezone(ZoneInfo(self.zone)).date()
        try:
            public_holidays(self.country, self.subdivision, today.year)
        except (NotImplementedError, KeyError):
            raise Invalid("No holidays are known for this country and region.") from None
        try:
            business.due(clock.now(), 60, as_hours(made))
        except business.NeverOpen:
            raise Invalid("Give at least one day a time span such as 9:00-17:00.") from None
        return made


def add_hours(opening: Opening, *, by: User) -> BusinessHours:
    """Make business hours, version 1. Raises `NotAllowed`, `Invalid`."""
    need_manager(by)
    made = opening.version(by)
    with transaction.atomic():
        hours = BusinessHours.objects.create(name=opening.name.strip())
        _keep(hours, made, 1, by)
    return hours


def change_hours(hours: BusinessHours, opening: Opening, *, by: User) -> BusinessHours:
    """Make the next version; clocks that run keep theirs. Raises `NotAllowed`, `Invalid`."""
    need_manager(by)
    made = opening.version(by)
    with transaction.atomic():
        locked = BusinessHours.objects.select_for_update().get(pk=hours.pk)
        locked.name = opening.name.strip()
        locked.save(update_fields=["name"])
        _keep(locked, made, locked.versions.latest("number").number + 1, by)
    return locked


def retire_hours(hours: BusinessHours, *, by: User) -> BusinessHours:
    """Take business hours out of the list. Raises `NotAllowed`, `InUse`."""
    need_manager(by)
    with transaction.atomic():
        locked = BusinessHours.objects.select_for_update().get(pk=hours.pk)
        user = SLAPolicy.objects.filter(hours=locked, retired_at=None).first()
        if user:
            raise InUse(f"“{user.name}” counts in these hours. Give that promise others first.")
        if locked.retired_at is None:
            locked.retired_at = clock.now()
            locked.save(update_fields=["retired_at"])
            record(BusinessHoursRetired(by=by.pk, hours=locked.pk))
    return locked


def _keep(hours: BusinessHours, made: HoursVersion, number: int, by: User) -> None:
    made.hours, made.number = hours, number
    made.save()
    record(BusinessHoursChanged(by=by.pk, hours=hours.pk, version=made.pk))
