"""Writing down what became of a claimed reply. Each is one transaction and one event.

Every change is fenced: it happens only while the claim is still ours, else `Fenced` is raised and
nothing changes, because somebody else has taken over and will find out by looking.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Greatest, Now

from harken.domain.conversations.models import Direction, Message
from harken.domain.conversations.services.waiting import recompute
from harken.domain.journal.services import Happened, record
from harken.domain.replies.delivery.claim import Claim
from harken.domain.replies.events import (
    ReplyDelayed,
    ReplyDelivered,
    ReplyDoubted,
    ReplyNeedsHuman,
    ReplyRefused,
    ReplyRequeued,
)
from harken.domain.replies.models import Attempt, Outcome, Reply, ReplyState
from harken.domain.replies.services.permission import place_of
from harken.kit import clock
from harken.kit.connector import Receipt


class Fenced(Exception):
    """The claim is no longer ours."""


@transaction.atomic
def delivered(claim: Claim, receipt: Receipt, outcome: Outcome = Outcome.SENT) -> None:
    """The reply stands at the network: store it as a message and settle its turn."""
    reply = claim.reply
    with connection.cursor() as cursor:
        # The conversation first, as the intake does, which may be reading this very post.
        cursor.execute(LOCK_CONVERSATION, [reply.conversation_id])
        message = _stored(reply, receipt)
        _settle(claim, state=ReplyState.SENT, settled_at=Now(), error="", message=message)
        _close_attempt(claim, outcome)
        cursor.execute(SETTLE_TURN, [reply.answers_id, reply.conversation_id])
    recompute([reply.conversation_id])
    _tell(ReplyDelivered, claim)


# When the intake saw our post before us, it took it for an answer written outside Harken; so
# `settled_until` is worked out anew from the posts that really are. Plain SQL, because this is
# the path of every answer.
LOCK_CONVERSATION = "SELECT 1 FROM conversations_conversation WHERE id = %s FOR NO KEY UPDATE"
SETTLE_TURN = """
UPDATE conversations_conversation c
SET settled_id = greatest(settled_id, %s),
    settled_until = (SELECT max(m.sent_at) FROM conversations_message m
                     WHERE m.conversation_id = c.id AND m.direction = 'outbound'
                       AND m.author_id IS NULL)
WHERE c.id = %s
"""


def _stored(reply: Reply, receipt: Receipt) -> Message:
    message = Message(
        conversation_id=reply.conversation_id,
        channel_id=reply.channel_id,
        external_id=receipt.external_id,
        direction=Direction.OUTBOUND,
        author_id=reply.author_id,
        body=reply.body,
        sent_at=receipt.sent_at or clock.now(),
        parent_id_at_network=reply.target.external_id,
        url=receipt.url,
        native=dict(receipt.native),
    )
    Message.objects.bulk_create(
        [message],
        update_conflicts=True,
        unique_fields=["channel", "external_id"],
        update_fields=["author", "why"],
    )
    return message


@transaction.atomic
def refused(claim: Claim, error: str) -> None:
    """The network will not have it: the turn is open again, the text can be edited."""
    _settle(claim, state=ReplyState.REFUSED, settled_at=Now(), error=error)
    _close_attempt(claim, Outcome.REFUSED, error)
    _tell(ReplyRefused, claim)


@transaction.atomic
def delayed(claim: Claim, error: str, pause: float) -> None:
    """Certainly not applied; the same reply is tried again after `pause` seconds."""
    due = Now() + timedelta(seconds=pause)
    _settle(claim, state=ReplyState.QUEUED, next_attempt_at=due, error=error)
    _close_attempt(claim, Outcome.LATER, error)
    if error != claim.reply.error:  # a long outage is told once, not every minute
        _tell(ReplyDelayed, claim)


@transaction.atomic
def doubted(claim: Claim, error: str) -> None:
    """Nobody knows: it is looked for once the network can no longer apply the call."""
    attempt = Attempt.objects.get(pk=claim.attempt_id)
    due = Greatest(attempt.settle_at, Now())
    _settle(claim, state=ReplyState.CHECKING, next_attempt_at=due, error=error)
    _close_attempt(claim, Outcome.UNCLEAR, error)
    _tell(ReplyDoubted, claim)


@transaction.atomic
def absent(claim: Claim) -> None:
    """Looked for and certainly not there: it may be sent."""
    _settle(claim, state=ReplyState.QUEUED, next_attempt_at=Now(), error="")
    _close_attempt(claim, Outcome.ABSENT)
    _tell(ReplyRequeued, claim)


@transaction.atomic
def unseen(claim: Claim, error: str, pause: float) -> None:
    """The look itself failed; look again after `pause` seconds."""
    due = Now() + timedelta(seconds=pause)
    _settle(claim, state=ReplyState.CHECKING, next_attempt_at=due, error=error)


@transaction.atomic
def undecidable(claim: Claim, why: str) -> None:
    """The network cannot tell; a person has to look."""
    _settle(claim, state=ReplyState.NEEDS_HUMAN, error=why)
    _close_attempt(claim, Outcome.UNCLEAR, why)
    _tell(ReplyNeedsHuman, claim)


def _settle(claim: Claim, **changes: Any) -> None:
    ours = Reply.objects.filter(
        pk=claim.reply.pk, owner=claim.owner, state=claim.reply.state
    ).update(owner="", lease_until=None, **changes)
    if not ours:
        raise Fenced


def _close_attempt(claim: Claim, outcome: Outcome, detail: str = "") -> None:
    Attempt.objects.filter(pk=claim.attempt_id).update(
        finished_at=Now(), outcome=outcome, detail=detail
    )


def _tell(event: type[Happened], claim: Claim) -> None:
    record(event(reply=claim.reply.pk, **place_of(claim.reply.conversation)))  # type: ignore[call-arg]
