"""Shifts: plan somebody in, change it from a day on, take it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.roster.events import ShiftAdded, ShiftChanged, ShiftRemoved
from harken.domain.roster.models import Layer, Shift
from harken.domain.roster.services.permission import can_stand, look_now, need_planner
from harken.kit.refusals import Invalid

DAY = timedelta(days=1)
MIDNIGHT = 1440  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftTerms:
    """Who, and when: minutes from midnight, `end` beyond 1440 on the next day.

    With `weekdays` (Monday 0) it repeats from `first_day` to `last_day`, without on that day only.
    """

    person: User
    first_day: date
    start: int
    end: int
    weekdays: Sequence[int] = ()
    last_day: date | None = None

    def check(self, layer: Layer) -> None:
        """Raises `Invalid` when this cannot be planned in `layer`."""
        if not can_stand(self.person, layer.team):
            raise Invalid(f"{self.person} cannot answer for {layer.team}. Choose somebody of it.")
        if not 0 <= self.start < MIDNIGHT or not self.start < self.end <= self.start + MIDNIGHT:
            raise Invalid("A shift lasts a day at most and ends after it starts.")
        if any(day not in range(7) for day in self.weekdays):
            raise Invalid("Choose days from Monday to Sunday.")
        if self.last_day is not None and self.last_day < self.first_day:
            raise Invalid("The last day lies before the first.")

    def fill(self, shift: Shift) -> Shift:
        """`shift` as these terms say, unsaved."""
        shift.person = self.person
        shift.first_day, shift.last_day = self.first_day, self.last_day if self.weekdays else None
        shift.start, shift.end = self.start, self.end
        shift.weekdays = sorted(set(self.weekdays))
        return shift


def add_shift(layer: Layer, terms: ShiftTerms, *, by: User) -> Shift:
    """Plan somebody in. Raises `NotAllowed`, `Invalid`."""
    need_planner(by, layer.team)
    terms.check(layer)
    with transaction.atomic():
        shift = terms.fill(Shift(layer=layer))
        shift.save(force_insert=True)
        _changed(ShiftAdded(by=by.pk, teams=(layer.team_id,), shift=shift.pk), layer)
    return shift


def change_shift(shift: Shift, terms: ShiftTerms, *, since: date, by: User) -> Shift:
    """Have a shift be as `terms` say from the day `since` on; the days before stay as they were.

    Returns the shift that counts from then, a new one when there are days before. Swaps of later
    days go with it. Raises `NotAllowed`, `Invalid`.
    """
    layer = shift.layer
    need_planner(by, layer.team)
    terms.check(layer)
    with transaction.atomic():
        kept = Shift.objects.select_for_update(of=("self",)).get(pk=shift.pk)
        if kept.weekdays and kept.first_day < since:
            changed = terms.fill(Shift(layer=layer, not_on=kept.not_on))
            changed.first_day = max(since, terms.first_day)
            changed.save(force_insert=True)
            kept.swaps.filter(day__gte=since).update(shift=changed)
            kept.last_day = since - DAY
            kept.save(update_fields=["last_day"])
        else:
            changed = terms.fill(kept)
            changed.save()
        _changed(ShiftChanged(by=by.pk, teams=(layer.team_id,), shift=changed.pk), layer)
    return changed


def remove_shift(shift: Shift, *, day: date, only: bool, by: User) -> None:
    """Take out one day of a shift (`only`), or that day and all that follow.

    Raises `NotAllowed`.
    """
    layer = shift.layer
    need_planner(by, layer.team)
    with transaction.atomic():
        kept = Shift.objects.select_for_update(of=("self",)).get(pk=shift.pk)
        if kept.weekdays and only:
            kept.not_on = sorted({*kept.not_on, day})
            kept.save(update_fields=["not_on"])
        elif kept.weekdays and kept.first_day < day:
            kept.last_day = day - DAY
            kept.save(update_fields=["last_day"])
        else:
            kept.delete()
        _changed(ShiftRemoved(by=by.pk, teams=(layer.team_id,), shift=shift.pk), layer)


def _changed(event: ShiftAdded | ShiftChanged | ShiftRemoved, layer: Layer) -> None:
    look_now([layer.team_id])
    record(event)
