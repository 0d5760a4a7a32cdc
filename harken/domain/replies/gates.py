"""Who must agree before an answer leaves. A room above says so; `send` asks in its transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.domain.replies.models import Reply


@dataclass(frozen=True, slots=True)
class Gate:
    """An answer that somebody else must agree to.

    `sentence` tells its writer who and why, before they ask for it. `opened` is called with the
    written reply (state "approval"), in the transaction that writes it.
    """

    sentence: str
    opened: Callable[[Reply], None]


#: Whether this text, by this person in this conversation, needs somebody's word; None: it does not.
Ask = Callable[[Conversation, str, User], Gate | None]
_asked: list[Ask] = []


def ask_before_leaving(ask: Ask) -> None:
    """Set who is asked; there is one such room."""
    _asked[:] = [ask]


def gate_for(conversation: Conversation, text: str, by: User) -> Gate | None:
    """The gate this answer has to pass, None when it may leave by its writer's word alone."""
    return next((gate for ask in _asked if (gate := ask(conversation, text, by))), None)
