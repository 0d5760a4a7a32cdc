"""What the tests of rosters share: layers and shifts around now, in one line each."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from harken.config.wiring import wire
from harken.domain.people.models import Team, User
from harken.domain.roster.models import Layer, LayerKind, Shift, TeamRoster
from harken.kit import clock
from tests.cast import Company

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def wired() -> None:
    """Reactions run as they do in the house."""
    wire()


def layer_of(team: Team, kind: str = LayerKind.DUTY, position: int = 1) -> Layer:
    """A layer whose wall clock is UTC; the worker has to look at once."""
    TeamRoster.objects.update_or_create(team=team, defaults={"look_at": clock.now() - HOUR})
    return Layer.objects.create(
        team=team, kind=kind, name=f"{kind} {position}", position=position, zone="UTC"
    )


def plan(layer: Layer, person: User, starts: timedelta, ends: timedelta) -> Shift:
    """A shift of `person` from now + `starts` to now + `ends`, to the minute."""
    begin, end = clock.now() + starts, clock.now() + ends
    start = begin.hour * 60 + begin.minute
    return Shift.objects.create(
        layer=layer,
        person=person,
        first_day=begin.date(),
        start=start,
        end=start + round((end - begin) / timedelta(minutes=1)),
    )


def end_now(shift: Shift) -> None:
    """Have a running shift end this minute, and the worker look."""
    first = datetime.combine(shift.first_day, datetime.min.time(), tzinfo=clock.now().tzinfo)
    shift.end = max(shift.start + 1, int((clock.now() - first) / timedelta(minutes=1)))
    shift.save()
    due(shift.layer.team)


def due(team: Team) -> None:
    """Have the worker look at a team at once."""
    TeamRoster.objects.filter(team=team).update(look_at=clock.now() - HOUR)


@pytest.fixture
def service(company: Company) -> Layer:
    """The duty layer of the service team."""
    return layer_of(company.service)
