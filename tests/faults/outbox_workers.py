"""Time, the workers of the model, what the network answers them, and their deaths."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models.functions import Now
from hypothesis import strategies as st

from harken.domain.replies.delivery.outcome import Fenced, delivered
from harken.domain.replies.models import Reply, ReplyState
from harken.kit.connector import OutboundReply, RateLimited, Refused, Unclear
from tests.faults.outbox_games import LATER, Counted, CountedConnector, CountedOutbox, Game, move

troubles = st.sampled_from(
    [None, None, "lost", Unclear("cut"), Refused("no"), RateLimited("slow", retry_after=5)]
)
# Holds, pauses, leases and settle times end, and the moments that were chosen come; so do the
# next ones of a chain, and the end of what the network asked the channel to wait.
PASSES = """
UPDATE replies_reply
SET next_attempt_at = statement_timestamp() - interval '1 day',
    hold_until = statement_timestamp() - interval '1 day',
    lease_until = lease_until - interval '1 day',
    go_at = CASE WHEN state IN ('scheduled', 'approval')
            THEN go_at - interval '3 days' ELSE go_at END
WHERE state IN ('approval', 'scheduled', 'held', 'queued', 'sending', 'checking');
UPDATE approvals_approval SET next_at = next_at - interval '1 day' WHERE next_at IS NOT NULL;
UPDATE channels_channel SET wait_until = NULL WHERE wait_until IS NOT NULL
"""


def _may_be_looked_for(game: Game) -> bool:
    doubtful = {ReplyState.SENDING, ReplyState.CHECKING}
    return any(row.is_due and row.state in doubtful for row in game.rows)


class Workers(Game):
    """What workers do with what the others left to them."""

    def __init__(self) -> None:
        super().__init__()
        self.dead = 0

    @move("time passes", 11, when=Game.is_under_way)
    def time_passes(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(PASSES)

    @move("deliver", 12, when=Game.is_under_way, trouble=troubles)
    def deliver(self, trouble) -> None:
        self.network.answers[:] = [trouble] if trouble else []
        self.outbox.deliver()
        self.network.answers.clear()

    @move("look", 8, when=_may_be_looked_for, trouble=troubles)
    def look(self, trouble) -> None:
        self.network.answers[:] = [trouble] if trouble not in {None, "lost"} else []
        self.outbox.look()
        self.network.answers.clear()

    @move("kill", 4, when=Game.may_leave, before_the_call=st.booleans())
    def kill(self, before_the_call: bool) -> None:
        """A worker dies between its claim and its call, or between the call and its settling."""
        for claim in self.outbox.claim(2):
            self.dead += 1
            if not before_the_call:
                letter = OutboundReply(claim.reply.key, claim.reply.body, "t", "r")
                self.network.answers.clear()
                CountedConnector(self.network).send(letter)
        self.outbox = CountedOutbox(self.network, name=f"worker{self.dead}")

    @move("come late", 3, when=Game.may_leave)
    def come_late(self) -> None:
        """A worker whose call took longer than its lease comes back: it may change nothing."""
        for claim in self.outbox.claim(1):
            letter = OutboundReply(claim.reply.key, claim.reply.body, "t", "r")
            receipt = CountedConnector(self.network).send(letter)
            Reply.objects.filter(pk=claim.reply.pk).update(next_attempt_at=Now() - LATER)
            while Reply.objects.get(pk=claim.reply.pk).state == ReplyState.SENDING:
                assert CountedOutbox(self.network, name="other").look()
            with pytest.raises(Fenced):
                delivered(claim, receipt)
            Counted.seen["came late"] += 1
