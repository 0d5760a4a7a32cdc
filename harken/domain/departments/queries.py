"""Who answers for a conversation, and which conversations nobody answers for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.departments.models import Attendance, Part, Responsibility
from harken.domain.people.models import User
from harken.domain.people.queries import may_see_team


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a conversation; `user` is None when nobody does.

    `part` is one of `Part` or empty, `since` when they became it (None while no customer waits),
    `is_there` whether they are on duty, `instead_of` whom they stand in for.
    """

    user: User | None
    part: str
    since: datetime | None
    is_there: bool
    instead_of: User | None = None


def owner_of(conversation: Conversation) -> Owner:
    """Who answers for it now. Its assignee, else its topic's owner, else whoever stands in."""
    there = Attendance.objects.filter(user=OuterRef("user"), away_since__isnull=True)
    found = Responsibility.objects.filter(conversation=conversation).annotate(there=Exists(there))
    row = found.select_related("user", "named").first()
    if row is None:
        return _by_name(conversation)
    instead = row.named if row.named_id != row.user_id else None
    return Owner(row.user, row.part, row.since, row.there, instead)


def _by_name(conversation: Conversation) -> Owner:
    topic = conversation.topic
    if conversation.assignee is not None:
        user, part = conversation.assignee, Part.ASSIGNEE
        return Owner(user, part, None, is_there(user))
    owner = topic.owner if topic else None
    if owner is not None and not may_see_team(owner, conversation.team_id):
        owner = None
    return Owner(owner, Part.OWNER if owner else "", None, is_there(owner))


def is_there(user: User | None) -> bool:
    """Whether the person is on duty, as last seen (at most a second ago)."""
    if user is None:
        return False
    return Attendance.objects.filter(user=user, away_since__isnull=True).exists()


def without_owner(user: User) -> QuerySet[Conversation]:
    """Those `user` may see in which a customer waits and nobody who is there answers for it."""
    return visible_to(user).filter(unowned_since__isnull=False).order_by("unowned_since", "id")


def people_there() -> set[int]:
    """The ids of everybody who is on duty, as last seen (at most a second ago)."""
    found = Attendance.objects.filter(away_since__isnull=True)
    return set(found.values_list("user_id", flat=True))
