"""What leaves at a moment its writer chose: looked at once more before it does.

Everything that could make an answer stale writes under the conversation's row. So who holds that
row and finds nothing new may claim the answer, in one transaction, and nothing comes between.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation, Direction, State
from harken.domain.journal.services import record
from harken.domain.replies.events import ReplyQueued
from harken.domain.replies.models import AT_ITS_MOMENT, Reply, ReplyState
from harken.domain.replies.queries_moved import Moved, moved_since
from harken.domain.replies.services.permission import place_of
from harken.domain.replies.services.undo import take_back

# Nothing is locked here; what is found is looked at again under its conversation.
RIPE = """
SELECT r.id FROM replies_reply r JOIN channels_channel c ON c.id = r.channel_id
WHERE r.go_at IS NOT NULL AND r.state IN ('scheduled', 'held', 'queued')
  AND r.next_attempt_at <= statement_timestamp()
  AND (r.state <> 'held' OR r.hold_until <= statement_timestamp())
  AND r.channel_id = ANY(%s) AND c.state IN ('connected', 'failing')
  AND (c.wait_until IS NULL OR c.wait_until <= statement_timestamp())
  AND NOT EXISTS (
      SELECT 1 FROM replies_reply earlier
      WHERE earlier.conversation_id = r.conversation_id AND earlier.id < r.id
        AND earlier.state IN ('held', 'queued', 'sending', 'checking'))
ORDER BY r.next_attempt_at, r.id LIMIT %s
"""


def ripe(channels: Sequence[int], limit: int) -> list[int]:
    """The scheduled replies (ids) whose moment has come, on these channels (ids), oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(RIPE, [list(channels), limit])
        return [row[0] for row in cursor.fetchall()]


def held_to_leave(reply_id: int) -> Reply | None:
    """The reply, held, if it may be claimed now; one that is stale is its author's draft again.

    Needs the transaction that claims it: the conversation is held until that ends. None also
    when somebody else holds it; the next look finds it again.
    """
    found = Reply.objects.filter(pk=reply_id).values_list("conversation_id", flat=True)
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    conversation = rows.filter(pk__in=list(found)).first()
    if conversation is None:
        return None
    waiting = Reply.objects.select_for_update(of=("self",), skip_locked=True)
    reply = (
        waiting.select_related("author", "target", "conversation")
        .filter(pk=reply_id, state__in=AT_ITS_MOMENT, next_attempt_at__lte=Now())
        .first()
    )
    why = "" if reply is None else _why_not(reply, conversation)
    if reply is not None and why:
        take_back(reply, why=f"It did not leave at its moment: {why}.")
        return None
    return reply


def note_leaving(before: Reply) -> None:
    """Write down that what waited for its moment leaves now; another try is not told again."""
    if before.state == ReplyState.SCHEDULED:
        place = place_of(before.conversation)
        record(ReplyQueued(reply=before.pk, by=before.author_id, **place))


def _why_not(reply: Reply, conversation: Conversation) -> str:
    """What speaks against it, as words; empty when nothing does."""
    if not reply.author.is_active:
        return f"{reply.author} does not work here any more"
    # One that was closed already when it was answered stays answerable.
    closed = conversation.closed_at if conversation.state == State.CLOSED else None
    if closed is not None and closed > reply.written_at:
        return "the conversation was closed"
    moved = moved_since(conversation, reply.read_up_to or 0, but_by=reply.author)
    if not moved and reply.target.deleted_at is not None:
        return "the customer took the post back"
    return ", ".join(dict.fromkeys(_word(each) for each in moved))


def _word(moved: Moved) -> str:
    of = moved.of
    if isinstance(of, Reply):
        return f"{of.author} answered"
    whose = "the customer" if of.direction == Direction.INBOUND else "our account"
    words = {
        "wrote": "wrote again",
        "edited": "changed a post",
        "deleted": "took a post back",
        "answered": "answered outside Harken",
    }
    return f"{whose} {words[moved.what]}"
