"""Who may do what to a reply, and the place its events belong to; each said once."""

from __future__ import annotations

from typing import TypedDict

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.people.models import User
from harken.kit.refusals import NotAllowed


class Place(TypedDict):
    """Where an event about a reply belongs."""

    conversation: int
    channel: int
    teams: tuple[int, ...]


def place_of(conversation: Conversation) -> Place:
    """The place of events in this conversation."""
    return Place(
        conversation=conversation.pk,
        channel=conversation.channel_id,
        teams=teams_of(conversation),
    )


def may_write(conversation: Conversation, by: User) -> None:
    """Raises `NotAllowed` for viewers and for conversations this person may not see."""
    may_change(by)
    if not visible_to(by).filter(pk=conversation.pk).exists():
        raise NotAllowed("This conversation belongs to another team. Ask them to hand it over.")


def may_withdraw(author_id: int | None, by: User) -> None:
    """Raises `NotAllowed` unless `by` wrote it or is a lead or manager."""
    if author_id != by.pk and not by.can_manage:
        raise NotAllowed("Only its author, a lead or a manager can take this back.")
