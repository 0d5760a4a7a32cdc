"""Layers of plans: make one, move it, take it out; how soon the next on call is told."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import available_timezones

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.models import Team, User
from harken.domain.roster.events import LayerAdded, LayerMoved, LayerRetired
from harken.domain.roster.models import Layer, LayerKind, TeamRoster
from harken.domain.roster.services.permission import look_now, need_planner
from harken.domain.sla.calendars import public_holidays
from harken.kit import clock
from harken.kit.refusals import Invalid

CALL_AFTER = (15, 3600)  # seconds: shortest and longest wait before the next on call is told


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTerms:
    """What a layer is: its name and kind, the zone of its times, whose public holidays count."""

    name: str
    zone: str
    kind: str = LayerKind.DUTY
    country: str = ""
    subdivision: str = ""

    def check(self) -> None:
        """Raises `Invalid` for what does not exist."""
        if not self.name.strip() or len(self.name) > 60:
            raise Invalid("Give the layer a name of at most 60 characters.")
        if self.kind not in LayerKind.values:
            raise Invalid("A layer plans who is on duty or who is on call; choose one.")
        if self.zone not in available_timezones():
            raise Invalid("Choose a time zone of the list, such as Europe/Amsterdam.")
        try:
            public_holidays(self.country, self.subdivision, clock.now().year)
        except (NotImplementedError, KeyError):
            raise Invalid("No holidays are known for this country and region.") from None


def add_layer(team: Team, terms: LayerTerms, *, by: User) -> Layer:
    """Add a layer below those of its kind. Raises `NotAllowed`, `Invalid`."""
    need_planner(by, team)
    terms.check()
    with transaction.atomic():
        look_now([team.pk])
        last = Layer.objects.filter(team=team, kind=terms.kind).order_by("position").last()
        layer = Layer.objects.create(
            team=team,
            name=terms.name.strip(),
            kind=terms.kind,
            zone=terms.zone,
            country=terms.country,
            subdivision=terms.subdivision,
            position=last.position + 1 if last else 1,
        )
        record(LayerAdded(by=by.pk, teams=(team.pk,), layer=layer.pk))
    return layer


def raise_layer(layer: Layer, *, by: User) -> Layer:
    """Put a layer one place higher among those of its kind. Raises `NotAllowed`."""
    need_planner(by, layer.team)
    with transaction.atomic():
        look_now([layer.team_id])
        kept = Layer.objects.select_for_update().filter(
            team=layer.team_id, kind=layer.kind, retired_at=None
        )
        order = list(kept.order_by("position", "id"))
        place = next(number for number, each in enumerate(order) if each.pk == layer.pk)
        if place:
            order.insert(place - 1, order.pop(place))
            for position, each in enumerate(order, start=1):
                each.position = position
            Layer.objects.bulk_update(order, ["position"])
            record(LayerMoved(by=by.pk, teams=(layer.team_id,), layer=layer.pk))
    return order[max(place - 1, 0)]


def retire_layer(layer: Layer, *, by: User) -> Layer:
    """Take a layer out: its shifts do not count any more. Raises `NotAllowed`."""
    need_planner(by, layer.team)
    with transaction.atomic():
        locked = Layer.objects.select_for_update().get(pk=layer.pk)
        if locked.retired_at is None:
            locked.retired_at = clock.now()
            locked.save(update_fields=["retired_at"])
            look_now([locked.team_id])
            record(LayerRetired(by=by.pk, teams=(locked.team_id,), layer=locked.pk))
    return locked


def set_call_after(team: Team, seconds: int, *, by: User) -> None:
    """After how many seconds the next on call is told. Raises `NotAllowed`, `Invalid`."""
    need_planner(by, team)
    if not CALL_AFTER[0] <= seconds <= CALL_AFTER[1]:
        raise Invalid(
            "The next on call can be told after 15 s at the soonest and 1 h at the latest."
        )
    with transaction.atomic():
        look_now([team.pk])
        TeamRoster.objects.filter(team=team).update(call_after=seconds)
