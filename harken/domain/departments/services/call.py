"""Telling people that customers have nobody, or that they answer for some now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import connection
from django.db.models import Q

from harken.domain.conversations.models import Conversation
from harken.domain.notifications.services import notify
from harken.domain.people.models import Role, Team, User
from harken.domain.roster.queries import on_call

PAUSE = timedelta(minutes=15)  # between two calls for a team, however many customers come
LIST, MINE, UNASSIGNED = (f"/desk/?view={view}" for view in ("unowned", "mine", "unassigned"))

# Whoever gets a row back calls; of two at once only one does.
MAY_CALL = """
INSERT INTO departments_ownercall AS c (team_id, called_at) VALUES (%s, statement_timestamp())
ON CONFLICT (team_id) DO UPDATE SET called_at = excluded.called_at
WHERE c.called_at <= statement_timestamp() - make_interval(secs => %s)
RETURNING 1
"""


def call_for(team: int | None, conversations: Sequence[Conversation]) -> None:
    """Call who is on call for a team (id), once in `PAUSE`: these have nobody who is there."""
    found = Team.objects.filter(pk=team).first() if team else None
    if found is None or not _may_call(found):
        return
    notify(
        "without_owner",
        to=on_call(found) or _leaders(found),
        text=f"{_customers(conversations)} in {found}, and nobody who is there answers",
        url=LIST,
        urgent=True,
    )


def tell_who_answers(conversations: Sequence[Conversation], to: User) -> None:
    """Tell `to`, once for all of them, that they answer for these now."""
    only = conversations[0] if len(conversations) == 1 else None
    has_them = any(one.assignee_id is not None for one in conversations)
    notify(
        "assigned" if has_them else "without_owner",
        to=[to],
        text=f"{_customers(conversations)}; who answers for that is away, so you do",
        conversation=only,
        url="" if only else (MINE if has_them else UNASSIGNED),
    )


def _customers(conversations: Sequence[Conversation]) -> str:
    return "1 customer waits" if len(conversations) == 1 else f"{len(conversations)} customers wait"


def _may_call(team: Team) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(MAY_CALL, [team.pk, PAUSE.total_seconds()])
        return cursor.fetchone() is not None


def _leaders(team: Team) -> Iterable[User]:
    leads = Q(role=Role.LEAD, teams=team)
    return User.objects.filter(leads | Q(role=Role.MANAGER), is_active=True).distinct()
