"""Working out, from shifts, swaps and absences, who is on at which moment. Plain arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from harken.domain.roster.models import Absence, Layer, LayerKind, Shift
from harken.domain.roster.wall import moment
from harken.domain.sla.calendars import public_holidays

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch in which one person is planned in: a day of a shift, or what absence leaves of it.

    `rank` orders layers, the first is 0. `instead_of` is whose shift it was before a swap.
    """

    layer: int
    kind: str
    rank: int
    shift: int
    day: date
    person: int
    starts: datetime
    ends: datetime
    instead_of: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of UTC in which the same people are on."""

    starts: datetime
    ends: datetime
    people: frozenset[int]


@dataclass(frozen=True, slots=True)
class Plan:
    """The slots of one team that touch a span of time, absence and swaps taken into account."""

    slots: tuple[Slot, ...]
    starts: datetime
    ends: datetime

    def of(self, kind: str) -> list[Slot]:
        """The slots of one kind of layer."""
        return [slot for slot in self.slots if slot.kind == kind]

    def on_duty(self, at: datetime) -> list[int]:
        """Who is on: the people of the first duty layer with somebody on, in the plan's order."""
        return next(iter(_by_layer(self.of(LayerKind.DUTY), at)), [])

    def on_call(self, at: datetime) -> list[list[int]]:
        """Who can be called: the people of each layer on call with somebody on, in its order."""
        return _by_layer(self.of(LayerKind.ON_CALL), at)

    def stretches(self) -> list[Stretch]:
        """The whole span, cut where the people on duty change."""
        slots = self.of(LayerKind.DUTY)
        cuts = {self.starts, self.ends}
        for slot in slots:
            cuts |= {at for at in (slot.starts, slot.ends) if self.starts < at < self.ends}
        found: list[Stretch] = []
        ordered = sorted(cuts)
        for begin, end in pairwise(ordered):
            people = frozenset(self.on_duty(begin))
            if found and found[-1].people == people:
                found[-1] = replace(found[-1], ends=end)
            else:
                found.append(Stretch(begin, end, people))
        return found


def _by_layer(slots: Iterable[Slot], at: datetime) -> list[list[int]]:
    ranks: dict[int, list[int]] = {}
    for slot in slots:
        if slot.starts <= at < slot.ends:
            people = ranks.setdefault(slot.rank, [])
            if slot.person not in people:
                people.append(slot.person)
    return [ranks[rank] for rank in sorted(ranks)]


def make_plan(
    layers: Sequence[tuple[Layer, Sequence[Shift]]],
    swaps: Mapping[tuple[int, date], int],
    absences: Iterable[Absence],
    span: tuple[datetime, datetime],
) -> Plan:
    """The plan of the given layers with their shifts, in their order, for a span of UTC.

    `swaps`: who stands in, by shift and day.
    """
    away: dict[int, list[tuple[datetime, datetime]]] = {}
    for absence in absences:
        away.setdefault(absence.person_id, []).append((absence.starts_at, absence.ends_at))
    slots: list[Slot] = []
    for rank, (layer, shifts) in enumerate(layers):
        for shift in shifts:
            for slot in _days_of(shift, layer, rank, span):
                stand_in = swaps.get((shift.pk, slot.day))
                if stand_in is not None and stand_in != slot.person:
                    slot = replace(slot, person=stand_in, instead_of=slot.person)  # noqa: PLW2901
                slots += _without(slot, away.get(slot.person, ()))
    touching = (slot for slot in slots if slot.starts < span[1] and slot.ends > span[0])
    ordered = sorted(touching, key=lambda slot: (slot.rank, slot.starts, slot.shift))
    return Plan(tuple(ordered), *span)


def _days_of(
    shift: Shift, layer: Layer, rank: int, span: tuple[datetime, datetime]
) -> Iterator[Slot]:
    zone = ZoneInfo(layer.zone)
    # Two days ahead of the span: a shift may end on its next day, and a zone may skip a day.
    first = max(shift.first_day, span[0].astimezone(zone).date() - 2 * DAY)
    last = span[1].astimezone(zone).date() + DAY
    last = min(last, shift.last_day) if shift.last_day else last
    last = last if shift.weekdays else min(last, shift.first_day)
    is_off = holidays_of(layer)
    day = first
    while day <= last:
        if takes_place(shift, day, is_off):
            starts, ends = ends_of(layer.zone, day, shift.start, shift.end)
            if starts < ends:
                yield Slot(layer.pk, layer.kind, rank, shift.pk, day, shift.person_id, starts, ends)
        day += DAY


def takes_place(shift: Shift, day: date, is_off: Callable[[date], bool]) -> bool:
    """Whether a shift begins on this local day; `is_off` says whether it is a public holiday."""
    if day < shift.first_day or day in shift.not_on:
        return False
    if not shift.weekdays:
        return day == shift.first_day
    if shift.last_day and day > shift.last_day:
        return False
    return day.weekday() in shift.weekdays and not is_off(day)


def holidays_of(layer: Layer) -> Callable[[date], bool]:
    """Whether a day is a public holiday of the layer's country."""
    return lambda day: day in public_holidays(layer.country, layer.subdivision, day.year)


@lru_cache(maxsize=8192)
def ends_of(zone: str, day: date, start: int, end: int) -> tuple[datetime, datetime]:
    """Beginning and end in UTC of a span of wall clock minutes of a day."""
    where = ZoneInfo(zone)
    return moment(where, day, start), moment(where, day, end)


def _without(slot: Slot, away: Iterable[tuple[datetime, datetime]]) -> list[Slot]:
    """What is left of a slot when its person is away in these spans."""
    left = [slot]
    for begin, end in away:
        cut: list[Slot] = []
        for each in left:
            if begin >= each.ends or end <= each.starts:
                cut.append(each)
                continue
            if each.starts < begin:
                cut.append(replace(each, ends=begin))
            if end < each.ends:
                cut.append(replace(each, starts=end))
        left = cut
    return left


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which `missing` people fewer than needed are on."""

    starts: datetime
    ends: datetime
    missing: int


def gaps(
    stretches: Sequence[Stretch], needed: Iterable[tuple[datetime, datetime, int]]
) -> list[Gap]:
    """Where fewer people are on than needed, in order.

    `needed`: spans and how many people there have to be; where spans overlap the most counts.
    """
    wanted = list(needed)
    cuts = {at for each in stretches for at in (each.starts, each.ends)}
    first, last = min(cuts, default=_NEVER), max(cuts, default=_NEVER)
    cuts |= {at for begin, end, _ in wanted for at in (begin, end) if first < at < last}
    found: list[Gap] = []
    ordered = sorted(cuts)
    where = 0
    for begin, end in pairwise(ordered):
        while stretches[where].ends <= begin:
            where += 1
        there = len(stretches[where].people)
        need = max((people for a, b, people in wanted if a <= begin < b), default=0)
        if there >= need:
            continue
        if found and found[-1].ends == begin and found[-1].missing == need - there:
            found[-1] = replace(found[-1], ends=end)
        else:
            found.append(Gap(begin, end, need - there))
    return found


_NEVER = datetime.min.replace(tzinfo=UTC)
