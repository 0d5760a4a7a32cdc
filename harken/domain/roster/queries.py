"""Who is on, who can be called, and where somebody will be missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Now

from harken.domain.lookups import Lookup
from harken.domain.people.models import Role, Team, User
from harken.domain.presence.models import Presence
from harken.domain.roster.models import (
    Absence,
    Cover,
    Feed,
    HandoverNote,
    Layer,
    LayerKind,
    OnDuty,
    Shift,
    Swap,
    SwapState,
)
from harken.domain.roster.plan import Gap, Plan, gaps, make_plan
from harken.domain.sla.calendars import hours_of
from harken.domain.sla.clock import slices
from harken.kit import clock

SEEN = timedelta(seconds=60)  # where there is no roster, who had a browser open then is on
AHEAD = timedelta(days=14)  # how far gaps are looked for
MOMENT = timedelta(microseconds=1)
NOTE_LASTS = timedelta(days=3)  # a handover note older than this is not put before anybody


def is_rostered(team: Team) -> bool:
    """Whether a roster says who is on in this team: one of its duty layers has a shift."""
    return rostered_teams().filter(pk=team.pk).exists()


def rostered_teams() -> QuerySet[Team]:
    """The teams that have a roster."""
    planned = Q(layers__kind=LayerKind.DUTY, layers__retired_at=None)
    return Team.objects.filter(planned, layers__shifts__isnull=False).distinct()


def on_duty(team: Team | None = None, at: datetime | None = None) -> list[User]:
    """Who is on in a team, or in any, at a moment (aware UTC; None is now).

    Only active people who may answer. A team without a roster has those on who are there now.
    """
    teams = list(Team.objects.all()) if team is None else [team]
    rostered = set(rostered_teams().values_list("pk", flat=True))
    people: list[int] = []
    for each in teams:
        if each.pk in rostered:
            people += plan_at(each, at).on_duty(at or clock.now())
        else:
            people += _present().filter(teams=each).values_list("pk", flat=True)
    if team is None:
        people += _present().exclude(teams__in=rostered).values_list("pk", flat=True)
    return people_in_order(people)


def is_on_duty(user: User, at: datetime | None = None) -> bool:
    """Whether a person is on: active, not away, and in a shift at the moment (None is now).

    Where none of their teams has a roster: whether they have a browser open.
    """
    if not (user.is_active and user.can_answer):
        return False
    moment = at or clock.now()
    if user.absences.filter(starts_at__lte=moment, ends_at__gt=moment).exists():
        return False
    if not rostered_teams().filter(Q(members=user) | Q(layers__shifts__person=user)).exists():
        return _present().filter(pk=user.pk).exists()
    planned = Q(layers__shifts__person=user) | Q(layers__shifts__swaps__to=user)
    teams = Team.objects.filter(planned).distinct()
    return any(user.pk in plan_at(team, moment).on_duty(moment) for team in teams)


def lead_on_duty(team: Team, at: datetime | None = None) -> User | None:
    """A lead of the team who is on, else a manager who is on, else None."""
    for lead in team.members.filter(is_active=True, role=Role.LEAD).order_by("pk"):
        if is_on_duty(lead, at):
            return lead
    for manager in User.objects.filter(is_active=True, role=Role.MANAGER).order_by("pk"):
        if is_on_duty(manager, at):
            return manager
    return None


def on_call(team: Team, at: datetime | None = None) -> list[User]:
    """Who can be called for a team at a moment (None is now), in the order in which to call."""
    steps = on_call_steps(team, at)
    return people_in_order([person for step in steps for person in step])


def on_call_steps(team: Team, at: datetime | None = None) -> list[list[int]]:
    """The same as ids, those who are told at once in one list."""
    return plan_at(team, at).on_call(at or clock.now())


def people_in_order(people: Iterable[int]) -> list[User]:
    """These people once each, in this order, without those who cannot answer customers."""
    ids = list(dict.fromkeys(people))
    found = User.objects.filter(pk__in=ids, is_active=True).exclude(role=Role.VIEWER)
    known = {user.pk: user for user in found}
    return [known[one] for one in ids if one in known]


def _present() -> QuerySet[User]:
    there = Presence.objects.filter(heard_at__gt=Now() - SEEN)
    away = Absence.objects.filter(starts_at__lte=Now(), ends_at__gt=Now())
    people = User.objects.filter(is_active=True, pk__in=there.values("user"))
    people = people.exclude(pk__in=away.values("person")).exclude(role=Role.VIEWER)
    return people.order_by("pk")


# --- plans -----------------------------------------------------------------------------------


def plan_at(team: Team, at: datetime | None = None) -> Plan:
    """The plan of one moment."""
    moment = at or clock.now()
    return plan_of(team, moment, moment + MOMENT)


def plan_of(team: Team, starts: datetime, ends: datetime) -> Plan:
    """The plan of a team for a span of UTC; people who are gone from the company do not count."""
    layers = live_layers(team)
    with_shifts = [(layer, list(layer.shifts.all())) for layer in layers]
    swaps = _stand_ins(layers, starts, ends)
    return make_plan(with_shifts, swaps, _away(starts, ends), (starts, ends))


def live_layers(team: Team) -> list[Layer]:
    """The layers that count, duty first, each kind in its order, with their shifts."""
    shifts = Shift.objects.filter(person__is_active=True).select_related("person")
    shifts = shifts.exclude(person__role=Role.VIEWER)
    found = Layer.objects.filter(team=team, retired_at=None)
    return list(found.prefetch_related(Prefetch("shifts", shifts)).order_by("kind", "position"))


def _stand_ins(
    layers: Sequence[Layer], starts: datetime, ends: datetime
) -> dict[tuple[int, date], int]:
    span = ((starts - timedelta(days=3)).date(), (ends + timedelta(days=3)).date())
    swaps = Swap.objects.filter(
        shift__layer__in=layers, state=SwapState.ACCEPTED, day__range=span, to__is_active=True
    )
    return {
        (shift, day): to
        for shift, day, to in swaps.values_list("shift_id", "day", "to_id")
        if to is not None
    }


def _away(starts: datetime, ends: datetime) -> QuerySet[Absence]:
    return Absence.objects.filter(starts_at__lt=ends, ends_at__gt=starts)


def gaps_of(team: Team, starts: datetime, ends: datetime) -> list[Gap]:
    """Where fewer people are on than the team needs, in order."""
    needed = list(_needed(team, starts, ends))
    return gaps(plan_of(team, starts, ends).stretches(), needed) if needed else []


def _needed(
    team: Team, starts: datetime, ends: datetime
) -> Iterable[tuple[datetime, datetime, int]]:
    for cover in Cover.objects.filter(team=team).select_related("hours"):
        if cover.hours is None:
            yield starts, ends, cover.people
            continue
        version = cover.hours.versions.latest("number")
        for opens, closes in slices(hours_of(version.pk), starts):
            if opens >= ends:
                break
            yield opens, min(closes, ends), cover.people


# --- now -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DutyLine:
    """Who is on in a team now, in a few words: names, and the local time of the next change."""

    names: tuple[str, ...]
    until: str


def duty_lookups(teams: QuerySet[Team]) -> dict[str, Lookup[Any]]:
    """What `duty_lines` needs, for these teams."""
    first = Layer.objects.filter(team=OuterRef("pk"), retired_at=None).order_by("kind", "position")
    planned = rostered_teams().filter(pk__in=teams.values("pk"))
    zones = planned.annotate(zone=Subquery(first.values("zone")[:1])).values_list("pk", "zone")
    on = OnDuty.objects.filter(team__in=teams.values("pk"))
    on = on.order_by(F("until").asc(nulls_last=True), "person__display_name")
    shown = ("team_id", "until", "person__display_name", "person__username")
    return {"zones": Lookup(zones, dict), "on": Lookup(on.values_list(*shown), list)}


def duty_lines(found: Mapping[str, Any]) -> dict[int, DutyLine]:
    """For each team (id) that has a roster, who is on by the last look."""
    lines: dict[int, list[tuple[datetime | None, str]]] = {team: [] for team in found["zones"]}
    for team, until, name, username in found["on"]:
        if team in lines:
            lines[team].append((until, name or username))
    return {team: _line(people, found["zones"][team]) for team, people in lines.items()}


def _line(people: Sequence[tuple[datetime | None, str]], zone: str) -> DutyLine:
    until = people[0][0] if people else None
    local = f"{until.astimezone(ZoneInfo(zone)):%H:%M}" if until else ""
    return DutyLine(tuple(name for _, name in people), local)


def notes_for(user: User) -> QuerySet[HandoverNote]:
    """Handover notes of the teams in which this person is on now, not yet read by them."""
    mine = OnDuty.objects.filter(person=user).values("team")
    fresh = HandoverNote.objects.filter(team__in=mine, written_at__gt=Now() - NOTE_LASTS)
    unread = fresh.exclude(author=user).exclude(readers__contains=[user.pk])
    return unread.select_related("author", "team").order_by("written_at", "id")


# --- calendars -------------------------------------------------------------------------------


def feed_behind(token: str) -> Feed | None:
    """The calendar an address leads to; None when it leads nowhere (any more).

    A person who left the company, or the team, takes their addresses with them.
    """
    feed = Feed.objects.filter(token=token, owner__is_active=True)
    found = feed.select_related("owner", "team").first()
    if found is None or found.team is None or found.owner.sees_all:
        return found
    return found if found.owner.teams.filter(pk=found.team_id).exists() else None


def feed_teams(feed: Feed) -> list[Team]:
    """The teams whose plans a calendar is made of."""
    if feed.team is not None:
        return [feed.team]
    planned = Q(layers__shifts__person=feed.owner) | Q(layers__shifts__swaps__to=feed.owner)
    return list(Team.objects.filter(planned).distinct())
