"""Taking the one that needs an answer first; two people at once never get the same."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import free
from harken.domain.conversations.services.assign import take
from harken.domain.conversations.services.permission import may_change
from harken.domain.people.models import User


def take_next(view: str, *, by: User, without: Collection[int] = ()) -> Conversation | None:
    """Give `by` the hottest conversation that nobody has, and return it; None when nobody waits.

    A team's, a saved or a narrowed `view` keeps to what is in it, every other stands for all that
    `by` may see. `without` are ids to leave alone, say because a colleague writes there. Raises
    `NotAllowed`, and `ValueError` for a view that does not exist.
    """
    may_change(by)
    keeps = view.startswith(("team:", "saved:")) or "&" in view
    asked = free(by, view if keeps else "hot").exclude(pk__in=without)
    with transaction.atomic():
        # A row a colleague is just getting is stepped over, not waited for. PostgreSQL looks at
        # each row again once it is locked, so that one taken a moment ago is not given twice.
        found = asked.select_for_update(of=("self",), skip_locked=True).first()
        return take(found, by=by) if found else None
