"""Taking an answer back at the network: the evidence is written down before it is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.events import ConversationsExported
from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.models import ActionKind, Reply
from harken.domain.replies.models_retraction import Retraction, RetractReason
from harken.domain.replies.queries import draft_of
from harken.domain.replies.queries_retractions import cells
from harken.domain.replies.services.draft import LONGEST_BODY, give_back
from harken.domain.replies.services.network_actions import CannotAct, ask
from harken.domain.replies.services.permission import may_withdraw, may_write
from harken.kit.refusals import Invalid
from harken.kit.spreadsheet import Cell
from harken.kit.text import storable

LONGEST_WHY = 500  # characters


@dataclass(frozen=True, slots=True)
class Wish:
    """Why it is taken back (a `RetractReason`, in words too), and what is to stand instead."""

    reason: str
    why: str = ""
    correcting: str = ""


def retract(message: Message, wish: Wish, *, by: User) -> Retraction:
    """Have the network delete an answer of ours; asked before returns the first asking.

    What stood there is kept as evidence in the same transaction. `wish.correcting`, if any, becomes
    the draft of `by`, to be read again and sent like every answer; it will be known as the one that
    corrects this. What the network had refused is asked for once more, with the first evidence.
    Raises `NotAllowed` for anybody but its author, leads and managers, `CannotAct`, and `Invalid`
    without a reason.
    """
    _may_retract(message, by)
    with transaction.atomic():
        action = ask(ActionKind.RETRACT, message, by)
        kept = Retraction.objects.filter(action=action).first()
        if kept is None:
            kept = _evidence(message.pk, wish, by)
            kept.action = action
            kept.save(force_insert=True)
        if wish.correcting.strip() and kept.correcting_key is None:
            _correct(kept, message.conversation, wish.correcting, by)
    kept.refresh_from_db()
    return kept


def export(found: QuerySet[Retraction], *, by: User) -> Iterator[tuple[Cell, ...]]:
    """The rows of `found`, which holds only what `by` may see; who took them is in the journal."""
    with transaction.atomic():
        count = found.count()
        record(ConversationsExported(by=by.pk, only_for=by.pk, count=count, what="retractions"))
    return cells(found)


def _may_retract(message: Message, by: User) -> None:
    may_write(message.conversation, by)
    if message.direction != Direction.OUTBOUND or message.author_id is None or message.is_private:
        raise CannotAct("Only an answer sent from here can be deleted from here.")
    may_withdraw(message.author_id, by)
    if not pure_connector(message.channel).capabilities.can_delete:
        raise CannotAct("This network does not let us delete an answer.")


def _evidence(message_id: int, wish: Wish, by: User) -> Retraction:
    why = storable(wish.why, LONGEST_WHY).strip()
    if wish.reason not in RetractReason.values:
        raise Invalid("Say why it is taken back: choose a reason.")
    if wish.reason == RetractReason.OTHER and not why:
        raise Invalid("Say in a few words why it is taken back.")
    message = Message.objects.get(pk=message_id)  # now, and whole: what was handed in may be older
    assert message.author_id is not None  # asked before
    reply = Reply.objects.filter(message=message).first()
    return Retraction(
        reason=wish.reason,
        why=why,
        by=by,
        author_id=message.author_id,
        written=reply.body if reply else message.body,
        stood=message.body,
        sent_at=message.sent_at,
        external_id=message.external_id,
        url=message.url,
        native=message.native,
        raw=message.raw,
    )


def _correct(kept: Retraction, conversation: Conversation, text: str, by: User) -> None:
    give_back(conversation, storable(text, LONGEST_BODY).strip(), to=by)
    key = draft_of(conversation, by).client_key
    Retraction.objects.filter(pk=kept.pk).update(correcting_key=key)
