"""Whose session is this, and which teams may they hear of. Synchronous: call it in a thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare

from harken.domain.people.models import Membership, User
from harken.kit import clock


@dataclass(frozen=True, slots=True)
class Viewer:
    """What a signed-in person may hear."""

    user: int
    sees_all: bool
    teams: frozenset[int]

    def may_hear(self, teams: tuple[int, ...], only_for: int | None = None) -> bool:
        """Whether an entry of these teams is for them; no teams means everyone signed in.

        What is `only_for` one person nobody else hears of, whatever their role.
        """
        if only_for is not None:
            return self.user == only_for
        return self.sees_all or not teams or not self.teams.isdisjoint(teams)


def viewers(session_keys: Iterable[str]) -> dict[str, Viewer]:
    """The viewers of the sessions that are still good; the others are left out.

    Three queries however many sessions. Raises `django.db.Error`s when the database is away.
    """
    close_old_connections()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = store.get_model_class().objects.filter(
        session_key__in=list(session_keys), expire_date__gt=clock.now()
    )
    contents = {row.session_key: store().decode(row.session_data) for row in rows}
    ids = {int(content[SESSION_KEY]) for content in contents.values() if SESSION_KEY in content}
    people = {user.pk: user for user in User.objects.filter(pk__in=ids, is_active=True)}
    teams: dict[int, set[int]] = {}
    memberships = Membership.objects.filter(user_id__in=people)
    for user, team in memberships.values_list("user_id", "team_id"):
        teams.setdefault(user, set()).add(team)
    found = {}
    for key, content in contents.items():
        person = people.get(int(content.get(SESSION_KEY, 0)))
        if person is not None and _belongs(content, person):
            mine = frozenset(teams.get(person.pk, ()))
            found[key] = Viewer(person.pk, person.sees_all, mine)
    return found


def _belongs(content: dict[str, Any], person: User) -> bool:
    """A changed password ends the sessions made with the old one, as on the pages."""
    known = str(content.get(HASH_SESSION_KEY, ""))
    good = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(constant_time_compare(known, one) for one in good)
