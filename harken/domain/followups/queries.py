"""Reading follow-ups: of a conversation, of a person, of a team, of a span of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.followups.models import STILL_OPEN, FollowUp
from harken.domain.lookups import Lookup, number_of
from harken.domain.people.models import User

#: What the list can be asked for.
LISTS: dict[str, Q] = {
    "open": STILL_OPEN & Q(broken_at=None),
    "broken": STILL_OPEN & Q(broken_at__isnull=False),
    "done": Q(kept_at__isnull=False),
}


@dataclass(frozen=True, slots=True)
class Due:
    """What a row of a list says of its conversation: who promised something by when."""

    who: str
    at: datetime
    is_broken: bool


def followups_of(user: User) -> QuerySet[FollowUp]:
    """Those in conversations this person may see, what is due next first."""
    found = FollowUp.objects.filter(conversation__in=visible_to(user), dropped_at=None)
    around = ("promised_by", "kept_by", "conversation__contact", "conversation__handle")
    return found.select_related(*around, "conversation__team").order_by("due_at", "pk")


def listed(user: User, which: str, *, mine: bool) -> QuerySet[FollowUp]:
    """One of `LISTS`, theirs alone or of all they may see. Raises `KeyError`."""
    found = followups_of(user).filter(LISTS[which])
    return found.filter(promised_by=user) if mine else found


def own_count(user: User) -> Lookup[int]:
    """How many this person still has to do."""
    mine = FollowUp.objects.filter(STILL_OPEN, promised_by=user, conversation__in=visible_to(user))
    return number_of(mine)


def open_in(conversation: Conversation) -> list[FollowUp]:
    """What is still to be done in a conversation, what is due next first."""
    found = FollowUp.objects.filter(STILL_OPEN, conversation=conversation)
    return list(found.select_related("promised_by").order_by("due_at", "pk"))


def promised_in(conversations: Iterable[int]) -> Lookup[dict[int, Due]]:
    """The next thing promised in each of these conversations (ids); others are left out."""
    found = FollowUp.objects.filter(STILL_OPEN, conversation__in=list(conversations))
    rows = found.order_by("-due_at", "-pk").values_list(
        "conversation_id", "promised_by__display_name", "due_at", "broken_at"
    )
    return Lookup(
        rows,
        lambda rows: {
            pk: Due(who.split()[0] if who else "", at, bool(over)) for pk, who, at, over in rows
        },
    )


def due_between(user: User, start: datetime, end: datetime) -> QuerySet[FollowUp]:
    """What was to be done from `start` until before `end`, of what this person may see."""
    return followups_of(user).filter(due_at__gte=start, due_at__lt=end)
