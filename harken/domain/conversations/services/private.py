"""What is said in private beside the public thread.

It is a message of the same conversation, so it opens and answers turns as every other: both sides
have one clock, one place in the lists and one history. It only never meets a network.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest

from harken.domain.conversations.events import AnsweredInPrivate, MessageReceived
from harken.domain.conversations.models import Conversation, Direction, Message, State
from harken.domain.conversations.services.changes import place
from harken.domain.conversations.services.waiting import recompute
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid
from harken.kit.text import storable

LONGEST = 4000  # characters of one private message


def receive_private(conversation: Conversation, *, body: str, client_key: uuid.UUID) -> Message:
    """What the customer wrote in private; the same `client_key` returns the first message.

    It opens a closed conversation again, as every word of a customer does. Raises `Invalid`.
    """
    text = private_text(body)
    with transaction.atomic():
        locked = alone_in(conversation)
        known = _known(locked, client_key)
        if known is not None:
            return known
        message = _store(
            locked, client_key, direction=Direction.INBOUND, body=text, handle_id=locked.handle_id
        )
        Conversation.objects.filter(pk=locked.pk).update(state=State.OPEN)
        recompute([locked.pk])
        record(MessageReceived(message=message.pk, **place(message)))
        return message


def say_in_private(
    conversation: Conversation,
    *,
    body: str,
    client_key: uuid.UUID,
    by: User,
    seen: int | None = None,
) -> Message:
    """What `by` wrote to the customer in private; the same `client_key` returns the first one.

    It answers what was on their screen: messages of the customer up to the id `seen` (None: all).
    Whether they may was asked when they wrote it. Raises `Invalid`.
    """
    text = private_text(body)
    with transaction.atomic():
        locked = alone_in(conversation)
        known = _known(locked, client_key)
        if known is not None:
            return known
        theirs = locked.messages.filter(direction=Direction.INBOUND)
        if seen is not None:
            theirs = theirs.filter(pk__lte=seen)
        answered = theirs.aggregate(newest=Max("pk"))["newest"] or 0
        message = _store(
            locked, client_key, direction=Direction.OUTBOUND, body=text, author_id=by.pk
        )
        Conversation.objects.filter(pk=locked.pk).update(
            settled_id=Greatest("settled_id", answered)
        )
        recompute([locked.pk])
        record(AnsweredInPrivate(message=message.pk, by=by.pk, **place(message)))
        return message


def private_text(body: str) -> str:
    """What would be said of a typed text. Raises `Invalid` when it is empty or too long."""
    text = storable(body, LONGEST + 1).strip()
    if not text:
        raise Invalid("The message is empty. Write something to send.")
    if len(text) > LONGEST:
        raise Invalid(f"A message has {LONGEST} characters at most. Write it in two.")
    return text


def alone_in(conversation: Conversation) -> Conversation:
    """The conversation for whoever changes what is said in it, one after the other."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=conversation.pk)


def name_of(client_key: uuid.UUID) -> str:
    """Where a network puts its own id: nothing there is ever called like this."""
    return f"private:{client_key}"


def _known(conversation: Conversation, client_key: uuid.UUID) -> Message | None:
    found = Message.objects.filter(
        channel=conversation.channel_id, external_id=name_of(client_key), conversation=conversation
    )
    return found.first()


def _store(conversation: Conversation, client_key: uuid.UUID, **said: Any) -> Message:
    return Message.objects.create(
        conversation=conversation,
        channel_id=conversation.channel_id,
        external_id=name_of(client_key),
        sent_at=clock.now(),
        is_private=True,
        **said,
    )
