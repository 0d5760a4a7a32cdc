"""Saved views: keep a list, change it, put it earlier or later, throw it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from harken.domain.conversations import filters
from harken.domain.conversations.events import (
    SavedViewAdded,
    SavedViewChanged,
    SavedViewRemoved,
)
from harken.domain.conversations.filters import Filter
from harken.domain.conversations.models_views import SavedView, Shared
from harken.domain.conversations.queries_asked import asked
from harken.domain.journal.services import Happened, record
from harken.domain.people.models import Team, User
from harken.domain.places import change_places
from harken.kit.refusals import Invalid, NotAllowed

ICONS = (
    *("list-filter", "flag", "flame", "heart", "clock", "hash", "globe", "megaphone", "sparkles"),
    *("triangle-alert", "user", "users"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a saved view shall be. `view` is written as in an address, without another saved one."""

    name: str
    view: str
    shared: str = Shared.ME
    team: Team | None = None
    icon: str = "list-filter"

    def columns(self, by: User) -> dict[str, object]:
        """What is stored. Raises `Invalid`, `NotAllowed`."""
        name = " ".join(self.name.split())
        if not name or len(name) > 40:
            raise Invalid("Give the view a name of at most 40 characters.")
        if self.shared not in Shared.values or self.icon not in ICONS:
            raise Invalid("Choose who has the view, and its picture, from the lists.")
        team = self.team if self.shared == Shared.TEAM else None
        _may_share(self.shared, team, by)
        try:
            known = asked(by, self.view)
            known.condition(by)
        except ValueError as error:
            raise Invalid("This list cannot be saved: part of it is not there any more.") from error
        narrowed, sort = known.narrowed, known.order
        base = known.base
        if known.saved:  # a saved view narrowed further becomes one of its own
            merged = [*Filter.of(known.saved.narrowed).pairs(), *narrowed.pairs()]
            values: dict[str, list[str]] = {}
            for field, value in merged:
                values.setdefault(field, []).append(value)
            base, narrowed = known.saved.base, filters.asked(values)
        kept = narrowed.stored()
        kept.pop("sort", None)
        said = {"name": name, "shared": self.shared, "team": team, "icon": self.icon}
        return said | {"base": base, "narrowed": kept, "sort": sort}


def add_view(wish: Wish, *, by: User) -> SavedView:
    """Save a list, after the others. Raises `Invalid`, `NotAllowed`."""
    columns = wish.columns(by)
    with transaction.atomic():
        last = SavedView.objects.aggregate(last=Max("position"))["last"] or 0
        view = SavedView.objects.create(owner=by, position=last + 1, **columns)
        record(_told(SavedViewAdded, view, by))
    return view


def change_view(view: SavedView, wish: Wish, *, by: User) -> SavedView:
    """Make it another list, name or circle of readers. Raises `Invalid`, `NotAllowed`."""
    columns = wish.columns(by)
    with transaction.atomic():
        locked = _theirs(view, by)
        SavedView.objects.filter(pk=locked.pk).update(**columns)
        record(_told(SavedViewChanged, locked, by))
    locked.refresh_from_db()
    return locked


def move_view(view: SavedView, *, up: bool, by: User) -> SavedView:
    """Change places with the next one that the same people have; at the end nothing happens."""
    with transaction.atomic():
        locked = _theirs(view, by)
        beside = SavedView.objects.filter(shared=locked.shared)
        if locked.shared == Shared.ME:
            beside = beside.filter(owner=locked.owner_id)
        if change_places(beside.order_by("position", "id"), locked.pk, up=up):
            record(_told(SavedViewChanged, locked, by))
    locked.refresh_from_db()
    return locked


def remove_view(view: SavedView, *, by: User) -> None:
    """Throw a saved view away. Raises `NotAllowed`."""
    with transaction.atomic():
        locked = _theirs(view, by)
        told = _told(SavedViewRemoved, locked, by)
        locked.delete()
        record(told)


def may_change_view(view: SavedView, by: User) -> bool:
    """Its owner may, and leads what others share."""
    return view.owner_id == by.pk or (by.can_manage and view.shared != Shared.ME)


def _theirs(view: SavedView, by: User) -> SavedView:
    locked = SavedView.objects.select_for_update().get(pk=view.pk)
    if not may_change_view(locked, by):
        raise NotAllowed("This view is somebody else's. Save your own, or ask a lead.")
    return locked


def _may_share(shared: str, team: Team | None, by: User) -> None:
    if shared == Shared.ALL and not by.can_manage:
        raise NotAllowed("Leads and managers share a view with everybody. Share it with a team.")
    if shared == Shared.TEAM:
        if team is None:
            raise Invalid("Choose the team that gets the view.")
        if not (by.can_answer and (by.sees_all or by.teams.filter(pk=team.pk).exists())):
            raise NotAllowed(f"You are not in {team}, so you cannot share a view with it.")


def _told(event: Callable[..., Happened], view: SavedView, by: User) -> Happened:
    return event(by=by.pk, teams=(view.team_id,) if view.team_id else (), view=view.pk)
