"""The network calls themselves: outside any transaction, each ending in exactly one outcome."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from harken.domain.channels.services.mark import mark_lost, mark_waiting
from harken.domain.conversations.models import Message
from harken.domain.replies.delivery import outcome
from harken.domain.replies.delivery.claim import ActionClaim, Claim, channel_of
from harken.domain.replies.delivery.lines import Lines
from harken.domain.replies.delivery.pace import Pace
from harken.domain.replies.delivery.patience import patiently
from harken.domain.replies.delivery.verdict import Verdict, judge, said
from harken.domain.replies.models import Attempt, Outcome, Reply
from harken.kit import clock
from harken.kit.connector import (
    Connector,
    ConnectorError,
    OutboundReply,
    RateLimited,
    Receipt,
    SessionLost,
)

log = logging.getLogger(__name__)
CHANGED = "The stored text is not the one its author sent, so it did not leave. Write it again."
CANNOT_TELL = "This network cannot say whether the answer went out. Look there and tell us."


class Caller:
    """Makes the calls of claims over these lines."""

    def __init__(self, lines: Lines, pace: Pace) -> None:
        self._lines = lines
        self._pace = pace

    def deliver(self, claim: Claim) -> None:
        """Post a claimed reply. A claim too old for a whole call is left to be looked for."""
        reply = claim.reply
        if hashlib.sha256(reply.body.encode()).hexdigest() != reply.body_sha256:
            patiently(lambda: outcome.refused(claim, CHANGED))
            return
        connector, letter = self._lines.to(reply.channel), _letter(reply)
        if clock.monotonic() > claim.call_before:
            return
        receipt = self._send(claim, connector, letter)
        if receipt is not None:
            patiently(lambda: outcome.delivered(claim, receipt))

    def _send(self, claim: Claim, connector: Connector, letter: OutboundReply) -> Receipt | None:
        try:
            return connector.send(letter)
        except Exception as error:
            _log_defect(error)
            self._failed(claim, error)
            return None

    def _failed(self, claim: Claim, error: Exception) -> None:
        text = said(error)
        match judge(error):
            case Verdict.REFUSED:
                patiently(lambda: outcome.refused(claim, text))
            case Verdict.UNCLEAR:
                patiently(lambda: outcome.doubted(claim, text))
            case Verdict.LATER:
                pause = self.after_trouble(claim, error, _tries(claim.reply))
                patiently(lambda: outcome.delayed(claim, text, pause))

    def look(self, claim: Claim) -> None:
        """Find out whether a doubtful reply is there; it is sent again only if certainly not."""
        connector = self._lines.to(claim.reply.channel)
        if not connector.capabilities.can_find:
            patiently(lambda: outcome.undecidable(claim, CANNOT_TELL))
            return
        try:
            receipt = connector.find(claim.reply.key)
        except Exception as error:
            _log_defect(error)
            self._look_failed(claim, error)
            return
        if receipt is None:
            patiently(lambda: outcome.absent(claim))
        else:
            patiently(lambda: outcome.delivered(claim, receipt, Outcome.FOUND))

    def _look_failed(self, claim: Claim, error: Exception) -> None:
        text = said(error)
        if judge(error) is Verdict.REFUSED:
            patiently(lambda: outcome.undecidable(claim, text))
            return
        pause = self.after_trouble(claim, error, _tries(claim.reply))
        patiently(lambda: outcome.unseen(claim, text, pause))

    def after_trouble(self, claim: Claim | ActionClaim, error: Exception, tries: int) -> float:
        """Tell the channel what its network said; returns the seconds until the next try."""
        channel = channel_of(claim)
        named = error.retry_after if isinstance(error, ConnectorError) else None
        pause = self._pace.pause_after(tries) if named is None else named
        if isinstance(error, SessionLost):
            # Before the reply is queued again, or another thread would try it at once.
            self._lines.hang_up(channel)
            mark_lost(channel, said(error))
            return 0.0  # it leaves as soon as the account is connected again
        if isinstance(error, RateLimited):
            mark_waiting(channel, clock.now() + timedelta(seconds=pause))
        return pause


def _letter(reply: Reply) -> OutboundReply:
    target, root_id = reply.target, reply.conversation.thread_key
    root = target if target.external_id == root_id else _root(reply, root_id)
    return OutboundReply(
        key=reply.key,
        text=reply.body,
        target_id=target.external_id,
        root_id=root_id,
        target_native=target.native,
        root_native=root.native if root else {},
    )


def _root(reply: Reply, root_id: str) -> Message | None:
    return Message.objects.filter(channel_id=reply.channel_id, external_id=root_id).first()


def _tries(reply: Reply) -> int:
    return Attempt.objects.filter(reply=reply).count()


def _log_defect(error: Exception) -> None:
    if not isinstance(error, ConnectorError):
        log.error("a connector broke its promise", exc_info=error)
