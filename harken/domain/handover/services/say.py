"""What we say in a private talk: read again, checked, held, and only then before the customer.

A text of ours is a row until its countdown is over, and a message from then on: the customer's
page shows messages alone, so nothing can come too early. Letting out and taking back want the same
row in the same state, and the database gives it to one of them.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Unpack

from django.db import transaction
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.assign import take
from harken.domain.conversations.services.private import (
    LONGEST,
    alone_in,
    private_text,
    say_in_private,
)
from harken.domain.handover.events import (
    PrivateTextHeld,
    PrivateTextHeldBack,
    PrivateTextUndone,
)
from harken.domain.handover.models import HandOver, PrivateMessage, PrivateText, TextState
from harken.domain.handover.queries import UNSEEN, is_over, open_talk
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.checks.registry import Found, run
from harken.domain.replies.gates import gate_for
from harken.domain.replies.queries_moved import moved_since
from harken.domain.replies.queries_reading import reading_of, severities
from harken.domain.replies.services.checked import (
    Stopped,
    note_blocked,
    note_left,
    note_shown,
    stop_at,
    want_looked_at,
)
from harken.domain.replies.services.permission import may_withdraw, may_write, place_of
from harken.domain.replies.services.send import Before, ThreadMoved, UsedKey
from harken.domain.replies.services.undo import TooLate
from harken.kit import clock
from harken.kit.refusals import Refusal

#: Checks that make sense where only the customer reads: what is personal may be said there, and
#: who calls them by name in every line writes a form.
IN_PRIVATE = frozenset(
    {
        "account",
        "forbidden",
        "holes",
        "language",
        "links",
        "questions",
        "risky",
        "saved",
        "shouting",
        "tone",
        "undated",
    }
)
OVER = "The private talk was over before this was said."


class NoTalk(Refusal):
    """There is no private talk to write into."""


class ColleagueSpeaks(Refusal):
    """A colleague's private text is in its countdown, or waits for approval."""


def looked_over(conversation: Conversation, text: str, *, by: User) -> list[Found]:
    """What the checks that make sense in private find in a text of ours, the heaviest first."""
    read = replace(
        reading_of(conversation, text, by=by),
        public=False,
        used=len(text),
        limit=LONGEST,
        unit="characters",
    )
    found = run(read, severities(conversation.channel.brand, by))
    return [each for each in found if each.check.key in IN_PRIVATE or _is_wrong_name(each)]


def _is_wrong_name(found: Found) -> bool:
    """The customer is called by another name; that no name is there has no place."""
    return found.check.key == "name" and bool(found.finding.spans)


def reread(
    conversation: Conversation, *, body: str, client_key: uuid.UUID, by: User
) -> tuple[str, list[Found]]:
    """The text as the customer would read it, and what was found in it; that is kept.

    Nothing is said. Raises `NotAllowed`, `NoTalk`, `Invalid`.
    """
    may_write(conversation, by)
    _talk_of(conversation)
    text = private_text(body)
    want_looked_at(text)
    found = looked_over(conversation, text, by=by)
    note_shown(conversation, found, client_key=client_key, by=by)
    return text, found


def say(
    conversation: Conversation,
    *,
    body: str,
    client_key: uuid.UUID,
    by: User,
    **before: Unpack[Before],
) -> PrivateText:
    """Hold a private text for the countdown of its channel; the same `client_key` is the first.

    What somebody must agree to waits for that instead. `before`: what its writer had seen and
    read, as for a public answer; `again` speaks although a colleague does. Nobody's conversation
    becomes theirs. Raises `NotAllowed`, `NoTalk`, `Invalid`,
    `ThreadMoved`, `ColleagueSpeaks`, `BlockedByCheck`, `NotYetRead`.
    """
    try:
        with transaction.atomic():
            locked = alone_in(conversation)
            first = PrivateText.objects.filter(client_key=client_key).first()
            if first is not None:
                return _replayed(first, locked, by)
            may_write(locked, by)
            talk, text = _talk_of(locked), private_text(body)
            _still_as_read(locked, by, before)
            found = looked_over(locked, text, by=by)
            stop_at(found, before.get("confirmed"))
            note_left(locked, found, client_key=client_key, by=by)
            held = _keep(talk, text, client_key, by, before.get("seen"))
            return let_out(held) or held
    except Stopped as error:
        note_blocked(conversation, error.found, client_key=client_key, by=by)
        raise


def _talk_of(conversation: Conversation) -> HandOver:
    talk = open_talk(conversation)
    if talk is None:
        raise NoTalk("The private talk is over. Press p for a new link, or answer in public.")
    return talk


def _replayed(first: PrivateText, conversation: Conversation, by: User) -> PrivateText:
    if first.author_id != by.pk or first.hand_over.conversation_id != conversation.pk:
        raise UsedKey
    return first


def _still_as_read(conversation: Conversation, by: User, before: Before) -> None:
    place = before.get("read_up_to")
    moved = [] if place is None else moved_since(conversation, place, but_by=by)
    if moved:
        raise ThreadMoved(moved)
    held = PrivateText.objects.filter(hand_over__conversation=conversation, state__in=UNSEEN)
    other = None if before.get("again") else held.exclude(author=by).order_by("-pk").first()
    if other is not None:
        waits = other.state == TextState.APPROVAL
        raise ColleagueSpeaks(
            f"It was not sent: {other.author} has just written, and "
            f"{'it waits for approval' if waits else 'they read it in a moment'}. "
            "Look at it; you can still send yours as well."
        )


def _keep(
    talk: HandOver, text: str, client_key: uuid.UUID, by: User, seen: int | None
) -> PrivateText:
    """The row of a text that is sent: in its countdown, or waiting for somebody's word."""
    conversation = talk.conversation
    gate = gate_for(conversation, text, by)
    held = PrivateText.objects.create(
        hand_over=talk,
        author=by,
        client_key=client_key,
        body=text,
        seen=seen,
        state=TextState.APPROVAL if gate else TextState.HELD,
        hold_until=until(conversation),
    )
    held.refresh_from_db(fields=["hold_until", "written_at"])
    returned(conversation, by=by)  # what they had taken back is in their hands, or given up
    if conversation.assignee_id is None:
        take(conversation, by=by)
    if gate is None:
        record(PrivateTextHeld(text=held.pk, by=by.pk, **place_of(conversation)))
    else:
        record(PrivateTextHeldBack(text=held.pk, by=by.pk, **place_of(conversation)))
        gate.opened(held)
    return held


def until(conversation: Conversation) -> CombinedExpression:
    """When a countdown that begins now is over, by the database's clock."""
    return Now() + timedelta(seconds=conversation.channel.undo_seconds)


def let_out(held: PrivateText) -> PrivateText | None:
    """Show a text whose countdown is over to the customer; None when it is not, or was settled.

    One whose talk ended meanwhile stays here: its author has it again.
    """
    with transaction.atomic():
        conversation = alone_in(held.hand_over.conversation)
        rows = PrivateText.objects.select_for_update(of=("self",)).select_related("hand_over")
        due = rows.filter(pk=held.pk, state=TextState.HELD, hold_until__lte=Now())
        text = due.select_related("author").first()
        if text is None:
            return None
        if is_over(text.hand_over, clock.now()):
            stay(text, why=OVER)
            return text
        message = say_in_private(
            conversation,
            body=text.body,
            client_key=text.client_key,
            by=text.author,
            seen=text.seen,
        )
        PrivateMessage.objects.get_or_create(
            message=message, defaults={"hand_over": text.hand_over}
        )
        _settle(text, TextState.SAID, body="", error="")
        return text


def stay(text: PrivateText, *, why: str = "") -> None:
    """It stays here and is its author's again; `why` is what they read. The caller has its row."""
    _settle(text, TextState.UNDONE, body=text.body, error=why)
    record(PrivateTextUndone(text=text.pk, **place_of(text.conversation)))


def _settle(text: PrivateText, state: TextState, *, body: str, error: str) -> None:
    text.state, text.body, text.error, text.settled_at = state, body, error, clock.now()
    text.save(update_fields=["state", "body", "error", "settled_at"])


def undo(text: PrivateText, *, by: User, typed: str = "") -> PrivateText:
    """Take a private text back before the customer reads it; its author has it again.

    One that waits for approval is not asked about any more. `typed` is what the author has written
    in private since: it stays, below. Undone already is success. Raises `NotAllowed` for anybody
    but its author, leads and managers, and `TooLate`.
    """
    may_withdraw(text.author_id, by)
    with transaction.atomic():
        # One guarded statement: `let_out` locks the same row in the same state.
        held = PrivateText.objects.filter(pk=text.pk, state__in=UNSEEN)
        undone = held.update(state=TextState.UNDONE, settled_at=Now())
        around = PrivateText.objects.select_related("hand_over__conversation", "author")
        fresh = around.get(pk=text.pk)
        if undone:
            if typed.strip():
                fresh.body = f"{fresh.body}\n\n{typed.strip()}"
                fresh.save(update_fields=["body"])
            place = place_of(fresh.hand_over.conversation)
            record(PrivateTextUndone(text=fresh.pk, by=by.pk, **place))
        elif fresh.state != TextState.UNDONE:
            raise TooLate("Too late to take it back: the customer can read it already.")
    return fresh


def returned(conversation: Conversation, *, by: User) -> None:
    """What `by` had taken back here is in their hands, or thrown away: it is kept no longer."""
    back = PrivateText.objects.filter(
        hand_over__conversation=conversation,
        author=by,
        state=TextState.UNDONE,
        returned_at=None,
    )
    back.update(body="", returned_at=Now())
