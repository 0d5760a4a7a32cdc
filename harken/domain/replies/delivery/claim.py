"""Claiming what is due: one statement each, so that no two workers ever hold the same row."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from harken.domain.channels.models import Channel
from harken.domain.replies.delivery import moment
from harken.domain.replies.delivery.lines import Line
from harken.domain.replies.delivery.pace import Pace
from harken.domain.replies.models import NetworkAction, Reply
from harken.kit import clock

# All times are the database's: the clocks of two machines may disagree, one clock cannot.
OPEN_CHANNELS = """
line AS (
    SELECT k.channel_id, k.settle
    FROM unnest(%(channels)s::bigint[], %(settles)s::float8[]) AS k(channel_id, settle)
    JOIN channels_channel c ON c.id = k.channel_id
    WHERE c.state IN ('connected', 'failing')
      AND (c.wait_until IS NULL OR c.wait_until <= statement_timestamp())
)"""

# The attempt is committed together with the claim and before the call: whatever kills the worker
# after this, somebody will know that a call may have been made, and from when on looking is safe.
_CLAIM = f"""
WITH {OPEN_CHANNELS}, due AS (
    SELECT r.id, line.settle
    FROM replies_reply r JOIN line USING (channel_id)
    WHERE (WHICH) AND r.next_attempt_at <= statement_timestamp()
      AND (r.state <> 'held' OR r.hold_until <= statement_timestamp())
      AND NOT EXISTS (
          SELECT 1 FROM replies_reply earlier
          WHERE earlier.conversation_id = r.conversation_id AND earlier.id < r.id
            AND earlier.state IN ('held', 'queued', 'sending', 'checking'))
    ORDER BY r.next_attempt_at, r.id
    LIMIT %(limit)s
    FOR UPDATE OF r SKIP LOCKED
), claimed AS (
    UPDATE replies_reply r
    SET state = 'sending', owner = %(owner)s,
        lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
        next_attempt_at = statement_timestamp()
                          + make_interval(secs => greatest(%(lease)s, due.settle))
    FROM due WHERE r.id = due.id
    RETURNING r.id, due.settle
)
INSERT INTO replies_attempt (reply_id, worker, settle_at)
SELECT id, %(owner)s, statement_timestamp() + make_interval(secs => settle) FROM claimed
RETURNING reply_id, id
"""  # noqa: S608 - the inserted text is the constant above
CLAIM_DUE = _CLAIM.replace("WHICH", "r.state IN ('held', 'queued') AND r.go_at IS NULL")
CLAIM_AT_ITS_MOMENT = _CLAIM.replace(
    "WHICH", "r.id = %(reply)s AND r.state IN ('scheduled', 'held', 'queued')"
)

# Unclear sends whose settle time is over, and those whose worker died and whose lease and settle
# time are over.
CLAIM_DOUBTFUL = f"""
WITH {OPEN_CHANNELS}, due AS (
    SELECT r.id
    FROM replies_reply r JOIN line USING (channel_id)
    WHERE r.state IN ('sending', 'checking') AND r.next_attempt_at <= statement_timestamp()
    ORDER BY r.next_attempt_at, r.id
    LIMIT %(limit)s
    FOR UPDATE OF r SKIP LOCKED
)
UPDATE replies_reply r
SET state = 'checking', owner = %(owner)s,
    lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
    next_attempt_at = statement_timestamp() + make_interval(secs => %(lease)s)
FROM due WHERE r.id = due.id
RETURNING r.id, (SELECT max(a.id) FROM replies_attempt a WHERE a.reply_id = r.id)
"""  # noqa: S608

# A like or a deletion may be repeated, so one whose worker died is simply claimed again.
CLAIM_ACTIONS = f"""
WITH {OPEN_CHANNELS}, due AS (
    SELECT n.id
    FROM replies_networkaction n JOIN line USING (channel_id)
    WHERE n.state IN ('queued', 'sending') AND n.next_attempt_at <= statement_timestamp()
    ORDER BY n.next_attempt_at, n.id
    LIMIT %(limit)s
    FOR UPDATE OF n SKIP LOCKED
)
UPDATE replies_networkaction n
SET state = 'sending', owner = %(owner)s, tries = n.tries + 1,
    next_attempt_at = statement_timestamp() + make_interval(secs => %(lease)s)
FROM due WHERE n.id = due.id
RETURNING n.id, 0
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Claim:
    """A reply that is ours until the lease ends; `owner` fences every change we make to it.

    `call_before` is the monotonic moment after which a call might outlive the lease.
    """

    reply: Reply
    attempt_id: int
    owner: str
    call_before: float


@dataclass(frozen=True, slots=True)
class ActionClaim:
    """A like or a retraction that is ours until the lease ends."""

    action: NetworkAction
    owner: str
    call_before: float


class Claimer:
    """Claims for one worker on the lines given; `worker` is part of every owner's name."""

    def __init__(self, worker: str, pace: Pace) -> None:
        self._worker = worker
        self._pace = pace

    def due(self, lines: Sequence[Line], limit: int) -> list[Claim]:
        """Replies that may leave now, first of their conversation, oldest first."""
        channels = [line.channel_id for line in lines]
        claims = [
            claim
            for reply in moment.ripe(channels, limit)
            for claim in self._at_its_moment(reply, lines)
        ]
        left = limit - len(claims)
        return claims + (self._replies(CLAIM_DUE, lines, left) if left else [])

    @transaction.atomic
    def _at_its_moment(self, reply: int, lines: Sequence[Line]) -> list[Claim]:
        """Claim a scheduled reply (its id) in the transaction that saw it is not stale."""
        before = moment.held_to_leave(reply)
        if before is None:
            return []
        claims = self._replies(CLAIM_AT_ITS_MOMENT, lines, 1, reply)
        if claims:
            moment.note_leaving(before)
        return claims

    def doubtful(self, lines: Sequence[Line], limit: int) -> list[Claim]:
        """Replies of which nobody knows whether they went out, and now it can be found out."""
        return self._replies(CLAIM_DOUBTFUL, lines, limit)

    def actions(self, lines: Sequence[Line], limit: int) -> list[ActionClaim]:
        """Likes and retractions to be done now."""
        ids, owner, call_before = self._claim(CLAIM_ACTIONS, lines, limit)
        found = NetworkAction.objects.select_related(
            "channel", "author", "message", "message__conversation"
        ).in_bulk(ids)
        return [ActionClaim(found[each], owner, call_before) for each in ids]

    def _replies(
        self, statement: str, lines: Sequence[Line], limit: int, reply: int | None = None
    ) -> list[Claim]:
        ids, owner, call_before = self._claim(statement, lines, limit, reply)
        found = Reply.objects.select_related("channel", "author", "conversation", "target").in_bulk(
            ids
        )
        return [Claim(found[each], ids[each], owner, call_before) for each in ids]

    def _claim(
        self, statement: str, lines: Sequence[Line], limit: int, reply: int | None = None
    ) -> tuple[dict[int, int], str, float]:
        # A name for each claim, not for each worker: a thread that comes late, after its lease,
        # must not be taken for the one that holds the row now.
        owner = f"{self._worker}:{secrets.token_hex(4)}"
        call_before = clock.monotonic() + self._pace.lease - self._pace.deadline
        values: dict[str, Any] = {
            "channels": [line.channel_id for line in lines],
            "settles": [line.settle for line in lines],
            "limit": limit,
            "owner": owner,
            "lease": self._pace.lease,
            "reply": reply,
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return dict(cursor.fetchall()), owner, call_before


def channel_of(claim: Claim | ActionClaim) -> Channel:
    """The channel a claim belongs to."""
    return claim.reply.channel if isinstance(claim, Claim) else claim.action.channel
