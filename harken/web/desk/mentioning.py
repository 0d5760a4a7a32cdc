"""What the composer says about the colleagues a note names."""

from __future__ import annotations

import re
from typing import Any

from harken.domain.conversations.models import Conversation, Note
from harken.domain.conversations.queries import visible_to
from harken.domain.notifications.models import NoteMention
from harken.domain.notifications.names import meant_by, named_in, offers
from harken.domain.people.models import User

_HALF = re.compile(r"^@([\w.-]{0,40})$")


def hints(conversation: Conversation, text: str, word: str) -> dict[str, Any]:
    """For the preview of a note: whom it will tell, whom not, and names for the half-typed one.

    `word` is what stands before the caret, from the last space on.
    """
    half = _HALF.match(word)
    meant = meant_by(named_in(text), conversation)
    told = {str(whom): _sees(whom, conversation) for whom in meant.values()}
    return {
        "told": [name for name, sees in told.items() if sees],
        "untold": [name for name, sees in told.items() if not sees],
        "offers": offers(half[1], conversation) if half else [],
    }


def said(note: Note) -> str:
    """What the writer is told once the note is written."""
    mentions = NoteMention.objects.filter(note=note).select_related("person", "team")
    told = [str(each.person or each.team) for each in mentions if each.told]
    untold = [str(each.person or each.team) for each in mentions if not each.told]
    words = "Note written" + (f"; {_listed(told)} told" if told else "")
    if untold:
        words += f". Not told, because they cannot see this conversation: {', '.join(untold)}"
    return words


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} is"
    return f"{', '.join(names[:-1])} and {names[-1]} are"


def _sees(whom: Any, conversation: Conversation) -> bool:
    return not isinstance(whom, User) or visible_to(whom).filter(pk=conversation.pk).exists()
