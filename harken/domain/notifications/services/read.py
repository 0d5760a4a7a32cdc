"""Reading: the bell falls silent, on every browser of that person."""

from __future__ import annotations

from django.db import transaction

from harken.domain.conversations.models import Conversation
from harken.domain.journal.services import record
from harken.domain.notifications.events import NotificationsRead
from harken.domain.notifications.models import Notification
from harken.domain.people.models import User
from harken.kit import clock


def mark_read(notification: Notification, *, by: User) -> Notification:
    """`by`, whose notification it is, has seen it; marking it again changes nothing."""
    _mark(by, pk=notification.pk)
    notification.refresh_from_db(fields=["read_at"])
    return notification


def mark_all_read(*, by: User) -> int:
    """`by` has seen everything there is; returns how many that were."""
    return _mark(by)


def mark_conversation_read(conversation: Conversation, *, by: User) -> int:
    """`by` looks at the conversation itself, so what was to be said about it is known."""
    return _mark(by, conversation=conversation)


def _mark(by: User, **which: object) -> int:
    unread = Notification.objects.filter(person=by, read_at__isnull=True, **which)
    with transaction.atomic():
        count = unread.update(read_at=clock.now())
        if count:
            record(NotificationsRead(only_for=by.pk))
    return count
