"""How many are in each saved view, in one look at the open conversations."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count

from harken.domain.conversations.filters import Filter
from harken.domain.conversations.models import Place
from harken.domain.conversations.models_views import SavedView
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.queries_asked import Asked
from harken.domain.people.models import User


def saved_counts(user: User, views: Sequence[SavedView]) -> dict[int, int]:
    """Open conversations in each of these views, by the view's id; others are not counted."""
    wanted = {
        f"view_{view.pk}": Count(
            "id", filter=Asked(f"saved:{view.pk}", Filter(), view).condition(user)
        )
        for view in views
        if view.base not in {"closed", "snoozed"}
    }
    if not wanted:
        return {}
    found = visible_to(user).filter(place=Place.OPEN).aggregate(**wanted)
    return {int(name.removeprefix("view_")): number for name, number in found.items()}
