"""Likes and retractions: safe to repeat, so an unclear one is simply done again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from harken.domain.conversations.models import Message
from harken.domain.journal.services import Happened, record
from harken.domain.replies.delivery.call import Caller
from harken.domain.replies.delivery.claim import ActionClaim
from harken.domain.replies.delivery.lines import Lines
from harken.domain.replies.delivery.outcome import Fenced
from harken.domain.replies.delivery.patience import patiently
from harken.domain.replies.delivery.verdict import Verdict, judge, said
from harken.domain.replies.events import ActionDone, ActionRefused
from harken.domain.replies.models import ActionKind, NetworkAction, Reply, ReplyState
from harken.domain.replies.models_retraction import Retraction
from harken.domain.replies.services.permission import place_of
from harken.kit import clock


def perform(claim: ActionClaim, lines: Lines, caller: Caller) -> None:
    """Do a claimed like or retraction; a claim too old for a whole call is left for the next."""
    action = claim.action
    connector = lines.to(action.channel)
    if clock.monotonic() > claim.call_before:
        return
    try:
        if action.kind == ActionKind.LIKE:
            connector.like(action.message.external_id, action.message.native, action.key)
        else:
            connector.delete(action.message.external_id)
    except Exception as error:
        text = said(error)
        if judge(error) is Verdict.REFUSED:
            patiently(lambda: _refused(claim, text))
        else:
            pause = caller.after_trouble(claim, error, action.tries)
            patiently(lambda: _postponed(claim, text, pause))
    else:
        patiently(lambda: _done(claim))


@transaction.atomic
def _done(claim: ActionClaim) -> None:
    action = claim.action
    _settle(claim, state=ReplyState.SENT, settled_at=Now(), error="")
    if action.kind == ActionKind.RETRACT:
        # The text stays as evidence of what the customer could read meanwhile.
        Message.objects.filter(pk=action.message_id, deleted_at=None).update(deleted_at=Now())
        Reply.objects.filter(message=action.message_id).update(state=ReplyState.RETRACTED)
        Retraction.objects.filter(action=action, deleted_at=None).update(deleted_at=Now())
    _tell(ActionDone, action)


@transaction.atomic
def _refused(claim: ActionClaim, error: str) -> None:
    _settle(claim, state=ReplyState.REFUSED, settled_at=Now(), error=error)
    _tell(ActionRefused, claim.action)


def _postponed(claim: ActionClaim, error: str, pause: float) -> None:
    due = Now() + timedelta(seconds=pause)
    _settle(claim, state=ReplyState.QUEUED, next_attempt_at=due, error=error)


def _settle(claim: ActionClaim, **changes: Any) -> None:
    ours = NetworkAction.objects.filter(
        pk=claim.action.pk, owner=claim.owner, state=ReplyState.SENDING
    ).update(owner="", **changes)
    if not ours:
        raise Fenced


def _tell(event: type[Happened], action: NetworkAction) -> None:
    place = place_of(action.message.conversation)
    record(event(action=action.pk, message=action.message_id, **place))  # type: ignore[call-arg]
