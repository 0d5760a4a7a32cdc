"""Who must agree before something leaves. A room above says so; who writes it asks meanwhile.

An answer is asked about by `send`, a private text by the room of private talks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User


class Written(Protocol):
    """What somebody wrote: an answer, or a private text of the room that keeps those."""

    @property
    def conversation(self) -> Conversation:
        """Where it is said."""
        ...

    @property
    def author(self) -> User:
        """Who wrote it."""
        ...

    @property
    def body(self) -> str:
        """Its words."""
        ...


@dataclass(frozen=True, slots=True)
class Gate:
    """Something that somebody else must agree to.

    `sentence` tells its writer who and why, before they ask for it. `opened` is called with what
    was written (state "approval"), in the transaction that writes it.
    """

    sentence: str
    opened: Callable[[Written], None]


#: Whether this text, by this person in this conversation, needs somebody's word; None: it does not.
Ask = Callable[[Conversation, str, User], Gate | None]
_asked: list[Ask] = []


def ask_before_leaving(ask: Ask) -> None:
    """Set who is asked; there is one such room."""
    _asked[:] = [ask]


def gate_for(conversation: Conversation, text: str, by: User) -> Gate | None:
    """The gate this text has to pass, None when it may leave by its writer's word alone."""
    return next((gate for ask in _asked if (gate := ask(conversation, text, by))), None)
