"""Who may change conversations, said once."""

from __future__ import annotations

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.kit.refusals import NotAllowed


def may_change(user: User | None) -> None:
    """Raises `NotAllowed` for people who only look on; nobody (None) is the house itself."""
    if user is not None and not user.can_answer:
        raise NotAllowed("You can read here, but not change anything. Ask your lead for a role.")


def teams_of(conversation: Conversation, *more: int | None) -> tuple[int, ...]:
    """The teams to be told about a change: today's and those given (before a move, say)."""
    return tuple(sorted({team for team in (conversation.team_id, *more) if team}))
