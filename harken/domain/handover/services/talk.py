"""What the customer says and leaves in a private talk."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from harken.domain.conversations.models import Direction, Message
from harken.domain.conversations.services.private import receive_private
from harken.domain.handover.call_times import Promise, promise
from harken.domain.handover.events import CallBackAsked, CustomerProven, DetailsLeft
from harken.domain.handover.models import CallBack, ContactDetails, HandOver, PrivateMessage
from harken.domain.handover.queries import said_in
from harken.domain.journal.services import record
from harken.domain.replies.services.permission import place_of
from harken.kit import clock
from harken.kit.refusals import Invalid, Refusal
from harken.kit.text import storable

MOST, WITHIN = 60, timedelta(minutes=10)  # messages a customer may write in that time
SHORT = 200  # characters of what they leave


class TooMany(Refusal):
    """Too much at once for one talk."""

    status = 429


def hear(talk: HandOver, *, body: str, client_key: uuid.UUID) -> Message:
    """What the customer writes in their talk; repeated it is the first one.

    Raises `Invalid`, `TooMany`.
    """
    with transaction.atomic():
        _not_too_many(talk)
        message = receive_private(talk.conversation, body=body, client_key=client_key)
        PrivateMessage.objects.get_or_create(message=message, defaults={"hand_over": talk})
        return message


def _not_too_many(talk: HandOver) -> None:
    lately = said_in(talk).filter(direction=Direction.INBOUND, sent_at__gt=clock.now() - WITHIN)
    if lately.count() >= MOST:
        raise TooMany("That was a lot in a short time. Wait a few minutes and go on then.")


def leave_details(talk: HandOver, *, name: str, email: str, phone: str) -> ContactDetails:
    """Keep how the customer wants to be reached, in place of what they left before."""
    values = {
        "name": storable(name, SHORT).strip() or None,
        "email": storable(email, SHORT).strip() or None,
        "phone": storable(phone, SHORT).strip() or None,
    }
    if not any(values.values()):
        raise Invalid("Write at least one of the three.")
    with transaction.atomic():
        left, _ = ContactDetails.objects.update_or_create(
            hand_over=talk, defaults=values | {"left_at": clock.now()}
        )
        record(DetailsLeft(hand_over=talk.pk, **place_of(talk.conversation)))
        return left


def ask_for_call(
    talk: HandOver, *, phone: str, wanted_at: datetime | None, about: str, client_key: uuid.UUID
) -> CallBack:
    """The customer wants to be called: a message of theirs, and a promise of ours.

    `wanted_at` is aware and lies in business hours; None: as soon as possible in them. A wish that
    is open already is replaced, its promise with it. Raises `Invalid`, `TooMany`.
    """
    number = storable(phone, SHORT).strip()
    if sum(letter.isdigit() for letter in number) < 6:
        raise Invalid("Write the number we are to call, with at least six digits.")
    now = clock.now()
    made = promise(talk.conversation, now, wanted_at)
    with transaction.atomic():
        hear(talk, body=_said(wanted_at, about), client_key=client_key)
        call, _ = CallBack.objects.update_or_create(
            hand_over=talk,
            done_at=None,
            defaults=_asked(now, made)
            | {"phone": number, "about": storable(about, SHORT).strip() or None},
        )
        record(CallBackAsked(call_back=call.pk, **place_of(talk.conversation)))
        return call


def _said(wanted_at: datetime | None, about: str) -> str:
    when = f"on {timezone.localtime(wanted_at):%-d %B, %H:%M %Z}" if wanted_at else "soon"
    return f"Please call me {when}. {storable(about, SHORT).strip()}".strip()


def _asked(now: datetime, made: Promise) -> dict[str, object]:
    """A wish of now with what we promise, in place of whatever became of an earlier one."""
    begins = made.wanted_at or now
    return {
        "asked_at": now,
        "wanted_at": made.wanted_at,
        "promised_at": made.promised_at,
        "promised_seconds": int((made.promised_at - begins).total_seconds()),
        "remind_at": made.remind_at,
        "reminded_at": None,
        "broken_at": None,
    }


def prove_by(message: Message) -> None:
    """A public message of the customer that holds the word of their talk proves that it is them."""
    if message.is_private or message.direction != Direction.INBOUND:
        return
    words = message.body.upper()
    waiting = HandOver.objects.filter(
        Q(conversation=message.conversation_id),
        opened_at__isnull=False,
        ended_at=None,
        proven_at=None,
    )
    for talk in waiting.select_related("conversation"):
        if talk.word in words:
            _prove(talk)


def _prove(talk: HandOver) -> None:
    if HandOver.objects.filter(pk=talk.pk, proven_at=None).update(proven_at=clock.now()):
        record(CustomerProven(hand_over=talk.pk, **place_of(talk.conversation)))
