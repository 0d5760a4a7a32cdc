"""What conditions look at: a conversation, one message of it, and what triage said of that."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.triage.models import Judgement
from harken.kit import clock

MOST_READ = 10_000  # characters of a message that conditions look at
_WORD = re.compile(r"\w+")
Wanted = tuple[int, int | None]  # a conversation, and the message it is about


@dataclass(slots=False)
class Subject:
    """One conversation as it is at the moment `at`.

    `message` is the one the event is about, else the customer's newest; None when all were taken
    back. `judgement` is triage's newest word on that message, None before it was sorted.
    """

    conversation: Conversation
    message: Message | None
    judgement: Judgement | None
    at: datetime

    @cached_property
    def tags(self) -> frozenset[str]:
        """The names of its tags."""
        return frozenset(self.conversation.tagged.values_list("tag__name", flat=True))

    @cached_property
    def words(self) -> str:
        """The words of the text, as `spaced` writes them."""
        return spaced(self.text[:MOST_READ])

    @property
    def text(self) -> str:
        """What the customer wrote; empty when it was taken back."""
        return self.message.body if self.message else ""

    @property
    def waits(self) -> float | None:
        """Seconds the customer has been waiting; None when nobody waits."""
        since = self.conversation.waiting_since
        return None if since is None else (self.at - since).total_seconds()

    def again(self) -> Subject | None:
        """The same after something was changed; None when the conversation is gone."""
        wanted = (self.conversation.pk, self.message.pk if self.message else None)
        return subjects([wanted]).get(wanted)


def spaced(text: str) -> str:
    """Its words, small and in plain letters, each with a blank before and after it."""
    return f" {' '.join(_WORD.findall(unicodedata.normalize('NFKC', text).casefold()))} "


def subjects(wanted: Iterable[Wanted]) -> dict[Wanted, Subject]:
    """The subjects of these pairs, read with a handful of statements; what is gone is left out."""
    pairs = list(dict.fromkeys(wanted))
    conversations = _conversations({pair[0] for pair in pairs})
    messages = _messages({pair[1] for pair in pairs if pair[1] is not None})
    newest = _newest({pair[0] for pair in pairs if pair[1] is None or pair[1] not in messages})
    judged = _judged({message.pk for message in [*messages.values(), *newest.values()]})
    at, found = clock.now(), {}
    for pair in pairs:
        if pair[0] in conversations:
            message = messages.get(pair[1] or 0) or newest.get(pair[0])
            judgement = judged.get(message.pk) if message else None
            found[pair] = Subject(conversations[pair[0]], message, judgement, at)
    return found


def _conversations(ids: set[int]) -> dict[int, Conversation]:
    rows = Conversation.objects.filter(pk__in=ids)
    return {
        row.pk: row
        for row in rows.select_related("channel", "contact", "handle", "team", "topic", "assignee")
    }


def _messages(ids: set[int]) -> dict[int, Message]:
    rows = Message.objects.filter(pk__in=ids, direction=Direction.INBOUND, deleted_at=None)
    return {row.pk: row for row in rows.defer("raw", "words", "native")}


def _newest(conversations: set[int]) -> dict[int, Message]:
    if not conversations:
        return {}
    rows = Message.objects.filter(
        conversation__in=conversations, direction=Direction.INBOUND, deleted_at=None
    )
    ordered = rows.order_by("conversation_id", "-sent_at", "-id").distinct("conversation_id")
    return {row.conversation_id: row for row in ordered.defer("raw", "words", "native")}


def _judged(messages: set[int]) -> dict[int, Judgement]:
    rows = Judgement.objects.filter(message__in=messages).order_by("message_id", "id")
    return {row.message_id: row for row in rows.defer("detail")}
