"""Who is in which conversation now, and who writes. The database's clock decides what is "now"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from harken.domain.people.models import User
from harken.domain.presence.models import WritingLock

IDLE = timedelta(seconds=60)  # without a key the writing lock is free
GONE = timedelta(seconds=90)  # without a sign of life a tab is not there any more

# `one` narrows to a conversation; NULL is every conversation. The values are `asked_of(one)`.
SQL_HERE = """
SELECT here.conversation_id, conversation.team_id, here.user_id,
       coalesce(nullif(person.display_name, ''), person.username),
       bool_or(pen.user_id IS NOT NULL)
FROM presence_presence here
JOIN conversations_conversation conversation ON conversation.id = here.conversation_id
JOIN people_user person ON person.id = here.user_id
LEFT JOIN presence_writinglock pen
  ON pen.conversation_id = here.conversation_id AND pen.user_id = here.user_id
 AND pen.typed_at > statement_timestamp() - make_interval(secs => %(idle)s)
WHERE here.heard_at > statement_timestamp() - make_interval(secs => %(gone)s)
  AND (%(one)s::bigint IS NULL OR here.conversation_id = %(one)s)
GROUP BY 1, 2, 3, 4
ORDER BY 1, min(here.id)
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a conversation. `team` is the conversation's: who may be told."""

    conversation: int
    team: int | None
    user: int
    name: str
    writes: bool


def person(row: tuple[Any, ...]) -> Person:
    """A `Person` of a row of `SQL_HERE`."""
    return Person(*row)


def asked_of(one: int | None) -> dict[str, float | None]:
    """The values of `SQL_HERE`."""
    return {"one": one, "idle": IDLE.total_seconds(), "gone": GONE.total_seconds()}


def here(conversation: int) -> list[Person]:
    """Who has the conversation open, who came first stands first."""
    with connection.cursor() as cursor:
        cursor.execute(SQL_HERE, asked_of(conversation))
        return [person(row) for row in cursor.fetchall()]


def told(people: Iterable[Person]) -> list[dict[str, object]]:
    """People of one conversation as a browser is told of them."""
    return [{"id": one.user, "name": one.name, "writes": one.writes} for one in people]


def written_in_by_others(user: User) -> list[int]:
    """The conversations in which a colleague of `user` writes an answer just now."""
    live = WritingLock.objects.filter(typed_at__gt=Now() - IDLE).exclude(user=user)
    return list(live.values_list("conversation_id", flat=True))
