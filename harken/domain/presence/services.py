"""Coming, staying, writing, leaving. Listeners are hinted only when something visible changes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.presence.events import WritingTakenOver
from harken.domain.presence.models import Presence, WritingLock
from harken.domain.presence.queries import GONE, IDLE

NOTIFY_CHANNEL = "harken_presence"

# The lock is taken if it is free, idle or one's own; the row decides between two at once.
SQL_WRITE = """
INSERT INTO presence_writinglock AS pen (conversation_id, user_id, tab, typed_at)
VALUES (%s, %s, %s, statement_timestamp())
ON CONFLICT (conversation_id) DO UPDATE
SET user_id = excluded.user_id, tab = excluded.tab, typed_at = excluded.typed_at
WHERE pen.user_id = excluded.user_id
   OR pen.typed_at <= statement_timestamp() - make_interval(secs => %s)
"""
AT_ONCE = timedelta(0)  # everybody's lock is this idle


def stay(conversation: Conversation, *, tab: UUID, by: User) -> None:
    """This tab of `by` has the conversation open, and no other one any more.

    To be said again before `GONE` is over.
    """
    here = Presence.objects.filter(user=by, tab=tab)
    if here.filter(conversation=conversation, heard_at__gt=Now() - GONE).update(heard_at=Now()):
        return
    WritingLock.objects.filter(user=by, tab=tab).exclude(conversation=conversation).delete()
    Presence.objects.filter(heard_at__lte=Now() - GONE).delete()
    WritingLock.objects.filter(typed_at__lte=Now() - IDLE).delete()
    Presence.objects.bulk_create(
        [Presence(user=by, tab=tab, conversation=conversation, heard_at=Now())],
        update_conflicts=True,
        unique_fields=["user", "tab"],
        update_fields=["conversation", "heard_at"],
    )
    hint()


def write(conversation: Conversation, *, tab: UUID, by: User) -> bool:
    """`by` types an answer in this tab: take or keep the writing lock.

    False when a colleague has it. Raises `NotAllowed` for people who only look on.
    """
    may_change(by)
    stay(conversation, tab=tab, by=by)
    mine = WritingLock.objects.filter(conversation=conversation, user=by)
    if mine.filter(typed_at__gt=Now() - IDLE).update(typed_at=Now(), tab=tab):
        return True
    got = _seize(conversation, tab, by, IDLE)
    if got:
        hint()
    return got


def take_over(conversation: Conversation, *, tab: UUID, by: User) -> None:
    """Write in the place of whoever writes now; that is recorded. Raises `NotAllowed`."""
    may_change(by)
    stay(conversation, tab=tab, by=by)
    with transaction.atomic():
        lock = WritingLock.objects.select_for_update().filter(conversation=conversation)
        before = lock.filter(typed_at__gt=Now() - IDLE).exclude(user=by).first()
        _seize(conversation, tab, by, AT_ONCE)
        if before is not None:
            record(
                WritingTakenOver(
                    conversation=conversation.pk,
                    channel=conversation.channel_id,
                    by=by.pk,
                    teams=teams_of(conversation),
                    before=before.user_id,
                )
            )
        hint()


def stop_writing(conversation: int, *, by: int) -> None:
    """The answer is sent or given up: the lock of this person, if they have it, is free."""
    freed, _ = WritingLock.objects.filter(conversation=conversation, user=by).delete()
    if freed:
        hint()


def leave(conversation: Conversation, *, tab: UUID, by: User) -> None:
    """This tab closed the conversation; a tab that went on to another one stays there."""
    mine = {"conversation": conversation, "user": by, "tab": tab}
    freed, _ = WritingLock.objects.filter(**mine).delete()
    gone, _ = Presence.objects.filter(**mine).delete()
    if freed or gone:
        hint()


def hint() -> None:
    """Tell listeners that somebody came, went, began or stopped; they look for themselves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [NOTIFY_CHANNEL])


def _seize(conversation: Conversation, tab: UUID, by: User, idle: timedelta) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(SQL_WRITE, [conversation.pk, by.pk, tab, idle.total_seconds()])
        return bool(cursor.rowcount)
