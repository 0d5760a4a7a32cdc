"""What the desk asks about replies. Rights come with the conversation: fetch that first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from harken.domain.conversations.models import Conversation, Message
from harken.domain.lookups import Lookup
from harken.domain.people.models import User
from harken.domain.replies.models import GONE, Draft, Reply


def replies_of(conversation: Conversation) -> QuerySet[Reply]:
    """Every reply ever written in a conversation, oldest first, with author and message."""
    return (
        Reply.objects.filter(conversation=conversation)
        .select_related("author", "message", "channel")
        .order_by("id")
    )


def answer_to(turn: Message) -> Reply | None:
    """The newest reply that answers this turn, on its way or delivered; None: it is open."""
    return (
        Reply.objects.filter(turn=turn)
        .exclude(state__in=GONE)
        .select_related("author")
        .order_by("-slot")
        .first()
    )


def draft_of(conversation: Conversation, author: User) -> Draft:
    """The person's draft; an unsaved empty one with a fresh `client_key` when there is none."""
    saved = Draft.objects.filter(conversation=conversation, author=author).first()
    return saved or Draft(
        conversation=conversation, author=author, body="", client_key=uuid.uuid4()
    )


def drafted_by(author: User, conversations: Iterable[int]) -> Lookup[set[int]]:
    """Which of these conversations (ids) hold a draft of this person."""
    drafts = Draft.objects.filter(author=author, conversation_id__in=list(conversations))
    return Lookup(drafts.values_list("conversation_id"), lambda rows: {row[0] for row in rows})
