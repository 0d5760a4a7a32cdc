"""A view as it is written in an address, read: where it starts, what narrows it, its order."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from harken.domain.conversations import filters
from harken.domain.conversations.filters import Filter
from harken.domain.conversations.models import Place
from harken.domain.conversations.models_views import SavedView, Shared
from harken.domain.people.models import Team, User
from harken.kit.ids import id_in

BY_DUE = {"hot", "unowned"}  # views with the least time left first; others: the newest word


@dataclass(frozen=True, slots=True)
class Asked:
    """A written view, read: the name of what it starts from, what narrows it, and its order."""

    base: str
    narrowed: Filter
    saved: SavedView | None = None

    @property
    def order(self) -> str:
        """The key of `ORDERS` in which it stands."""
        if self.narrowed.sort:
            return self.narrowed.sort[0]
        if self.saved:
            return self.saved.sort
        return "hot" if self.base in BY_DUE else ("snoozed" if self.base == "snoozed" else "newest")

    @property
    def by_due(self) -> bool:
        """Whether the least time left stands first."""
        return self.order == "hot"

    def condition(self, user: User) -> Q:
        """What a conversation must be to stand in the view. Raises `ValueError` as `in_view`."""
        if self.saved is None:
            return _base(user, self.base) & self.narrowed.condition(user)
        own = Filter.of(self.saved.narrowed).condition(user)
        return _base(user, self.saved.base) & own & self.narrowed.condition(user)


def asked(user: User, view: str) -> Asked:
    """What a written view asks for. Raises `ValueError` for a view that does not exist."""
    base, narrowed = filters.read(view)
    if not base.startswith("saved:"):
        return Asked(base, narrowed)
    number = base.removeprefix("saved:")
    saved = saved_views(user).filter(pk=id_in(number)).first()
    if saved is None:
        raise ValueError(f"no view is called {view!r}")
    return Asked(base, narrowed, saved)


def saved_views(user: User) -> QuerySet[SavedView]:
    """The saved views this person has: their own, their teams' and everybody's."""
    teams = Team.objects.all() if user.sees_all else user.teams.all()
    mine = Q(owner=user) | Q(shared=Shared.ALL)
    theirs = Q(shared=Shared.TEAM, team__in=teams.values("pk"))
    return SavedView.objects.filter(mine | theirs).order_by("position", "id")


def _base(user: User, view: str) -> Q:
    is_open = Q(place=Place.OPEN)
    match view.partition(":"):
        case ("hot", _, _):
            return is_open & Q(waits_since__isnull=False)
        case ("mine", _, _):
            return is_open & Q(assignee=user)
        case ("unassigned", _, _):
            return is_open & Q(assignee__isnull=True)
        case ("unowned", _, _):
            return is_open & Q(unowned_since__isnull=False, waits_since__isnull=False)
        case ("all", _, _):
            return is_open
        case ("snoozed" | "closed", _, _):
            return Q(place=view)
        case ("team", _, slug):
            return is_open & Q(team__slug=slug)
    raise ValueError(f"no view is called {view!r}")
