"""A team's week as the roster page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from harken.domain.people.models import Role, Team, User
from harken.domain.roster.models import Absence, Feed, Layer, LayerKind, Swap, SwapState, TeamRoster
from harken.domain.roster.plan import Gap, Slot
from harken.domain.roster.queries import AHEAD, gaps_of, live_layers, plan_of
from harken.domain.roster.wall import moment
from harken.domain.sla.calendars import public_holidays
from harken.kit import clock

DAY = timedelta(days=1)
WEEK = 7  # days


@dataclass(frozen=True, slots=True)
class Shown:
    """A slot in a cell; times are the wall clock of the team."""

    slot: Slot
    layer: Layer
    starts: datetime
    ends: datetime
    instead_of: str
    is_asked: bool

    @property
    def is_on_call(self) -> bool:
        """Whether it is for being called, not for being there."""
        return self.slot.kind == LayerKind.ON_CALL


@dataclass(frozen=True, slots=True)
class Missing:
    """A gap, or the part of one on a day, on the team's wall clock."""

    starts: datetime
    ends: datetime
    people: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week: its holiday's name (empty without one) and who will be missing."""

    date: date
    holiday: str
    is_today: bool
    missing: Sequence[Missing]


@dataclass(frozen=True, slots=True)
class Cell:
    """One person on one day. `away` is the absence that touches it."""

    day: Day
    slots: list[Shown]
    away: Absence | None


@dataclass(slots=True)
class Week:
    """What the page shows of one team."""

    team: Team
    zone: str
    monday: date
    days: list[Day]
    rows: list[tuple[User, list[Cell]]]
    missing: list[Missing]
    layers: list[Layer] = field(default_factory=list)

    @property
    def before(self) -> date:
        """The Monday before."""
        return self.monday - WEEK * DAY

    @property
    def after(self) -> date:
        """The Monday after."""
        return self.monday + WEEK * DAY


def zone_of(team: Team) -> str:
    """The zone in which a team's page shows times: that of its first layer."""
    found = Layer.objects.filter(team=team, retired_at=None).order_by("kind", "position")
    return found.values_list("zone", flat=True).first() or "UTC"


def week_of(team: Team, day: date | None) -> Week:
    """The week of a team in which `day` lies; None is today, where the team is."""
    layers = live_layers(team)
    zone = ZoneInfo(zone_of(team))
    now = clock.now()
    today = now.astimezone(zone).date()
    shown = day or today
    monday = shown - shown.weekday() * DAY
    span = moment(zone, monday, 0), moment(zone, monday + WEEK * DAY, 0)
    gaps = gaps_of(team, now, now + AHEAD)
    days = [_day(monday + n * DAY, layers, today, gaps, zone) for n in range(WEEK)]
    slots = [slot for slot in plan_of(team, *span).slots if _in(slot, days)]
    rows = _rows(team, layers, days, slots, zone)
    missing = [_missing(gap.starts, gap.ends, gap, zone) for gap in gaps]
    return Week(team, str(zone), monday, days, rows, missing, layers)


def _in(slot: Slot, days: Sequence[Day]) -> bool:
    return days[0].date <= slot.day <= days[-1].date


def _day(
    day: date, layers: Sequence[Layer], today: date, gaps: Sequence[Gap], zone: ZoneInfo
) -> Day:
    named = [
        public_holidays(layer.country, layer.subdivision, day.year).get(day, "") for layer in layers
    ]
    opens, closes = moment(zone, day, 0), moment(zone, day + DAY, 0)
    missing = [
        _missing(max(gap.starts, opens), min(gap.ends, closes), gap, zone)
        for gap in gaps
        if gap.starts < closes and gap.ends > opens
    ]
    return Day(day, next(filter(None, named), ""), day == today, missing)


def _missing(starts: datetime, ends: datetime, gap: Gap, zone: ZoneInfo) -> Missing:
    return Missing(starts.astimezone(zone), ends.astimezone(zone), gap.missing)


def _rows(
    team: Team,
    layers: Sequence[Layer],
    days: Sequence[Day],
    slots: Sequence[Slot],
    zone: ZoneInfo,
) -> list[tuple[User, list[Cell]]]:
    people = list(people_of(team, {slot.person for slot in slots}))
    names = {person.pk: str(person) for person in people}
    known = {layer.pk: layer for layer in layers}
    asked = set(_open_swaps(team).values_list("shift_id", "day"))
    absences = list(_absences(people, days, zone))
    cells: dict[tuple[int, date], list[Shown]] = {}
    for slot in sorted(slots, key=lambda slot: slot.starts):
        shown = Shown(
            slot,
            known[slot.layer],
            slot.starts.astimezone(zone),
            slot.ends.astimezone(zone),
            names.get(slot.instead_of, "a colleague") if slot.instead_of else "",
            (slot.shift, slot.day) in asked,
        )
        cells.setdefault((slot.person, slot.day), []).append(shown)
    return [
        (
            person,
            [
                Cell(day, cells.get((person.pk, day.date), []), _away(absences, person, day, zone))
                for day in days
            ],
        )
        for person in people
    ]


def people_of(team: Team, planned: set[int] | None = None) -> QuerySet[User]:
    """Who can be planned in a team, and who is; agents first."""
    inside = Q(teams=team) & ~Q(role=Role.VIEWER)
    found = User.objects.filter(inside | Q(pk__in=planned or ()), is_active=True).distinct()
    return found.order_by("role", "display_name", "username")


def _absences(people: Sequence[User], days: Sequence[Day], zone: ZoneInfo) -> QuerySet[Absence]:
    starts, ends = moment(zone, days[0].date, 0), moment(zone, days[-1].date + DAY, 0)
    return Absence.objects.filter(person__in=people, starts_at__lt=ends, ends_at__gt=starts)


def _away(absences: Sequence[Absence], person: User, day: Day, zone: ZoneInfo) -> Absence | None:
    opens, closes = moment(zone, day.date, 0), moment(zone, day.date + DAY, 0)
    touching = (
        absence
        for absence in absences
        if absence.person_id == person.pk and absence.starts_at < closes and absence.ends_at > opens
    )
    return next(touching, None)


def _open_swaps(team: Team) -> QuerySet[Swap]:
    today = clock.now().date() - DAY
    return Swap.objects.filter(
        shift__layer__team=team,
        shift__layer__retired_at=None,
        state=SwapState.ASKED,
        day__gte=today,
    )


def swaps_asked(team: Team) -> QuerySet[Swap]:
    """Questions nobody has answered yet."""
    return _open_swaps(team).select_related("shift__person", "shift__layer", "asked_by", "to")


def absences_ahead(team: Team) -> QuerySet[Absence]:
    """Who of a team is away or will be."""
    found = Absence.objects.filter(person__in=people_of(team), ends_at__gt=clock.now())
    return found.select_related("person").order_by("starts_at", "id")


def roster_of(team: Team) -> TeamRoster:
    """The team's own settings, as stored or as they would be."""
    return TeamRoster.objects.filter(team=team).first() or TeamRoster(team=team)


def feeds_of(user: User, team: Team) -> dict[str, Feed]:
    """The calendar addresses a person has made: `own` and `team`."""
    found = Feed.objects.filter(Q(team=team) | Q(team=None), owner=user)
    return {"team" if feed.team_id else "own": feed for feed in found}
