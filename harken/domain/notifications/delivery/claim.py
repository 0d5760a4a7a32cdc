"""Claiming what is due: rows become letters, and nobody else sends them meanwhile.

A claim moves the row on by `LEASE` and commits before anything is sent, so no transaction stays
open while a network is slow, and a killed worker's letter is due again by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from harken.domain.conversations.queries import visible_to
from harken.domain.notifications.delivery.letter import Letter, letter_of
from harken.domain.notifications.models import Delivery, DeliveryState, Notification

PathOf = Callable[[Notification | None], str]
LEASE = timedelta(seconds=90)  # longer than any way takes to send or to fail

CLAIM = """
WITH ripe AS (
    SELECT id FROM notifications_delivery
    WHERE state = 'pending' AND next_at <= statement_timestamp()
    ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE notifications_delivery d
SET attempts = d.attempts + 1, next_at = statement_timestamp() + %s
FROM ripe WHERE d.id = ripe.id RETURNING d.id
"""
# What was held for the same address goes out with it, as one.
WITH_IT = """
WITH ripe AS (
    SELECT other.id FROM notifications_delivery other
    JOIN notifications_notification told ON told.id = other.notification_id
    WHERE other.state = 'pending' AND other.held AND other.next_at <= statement_timestamp()
      AND (told.person_id, other.way, other.subscription_id, other.pager_id)
          IS NOT DISTINCT FROM (%s, %s, %s, %s)
    FOR UPDATE OF other SKIP LOCKED
)
UPDATE notifications_delivery d
SET attempts = d.attempts + 1, next_at = statement_timestamp() + %s
FROM ripe WHERE d.id = ripe.id RETURNING d.id
"""


@transaction.atomic
def claim(most: int, path_of: PathOf) -> list[Letter]:
    """Claim up to `most` letters that are due. `path_of(None)` is the list of all of them."""
    ids = _changed(CLAIM, [most, LEASE])
    rows = _read(ids)
    for row in [row for row in rows if row.held]:
        whose = [row.notification.person_id, row.way, row.subscription_id, row.pager_id]
        rows += _read(_changed(WITH_IT, [*whose, LEASE]))
    return [
        letter_of(group, path_of(group[0].notification if len(group) == 1 else None))
        for group in _grouped(_still_wanted(rows))
    ]


def _changed(statement: str, values: Sequence[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def _read(ids: list[int]) -> list[Delivery]:
    found = Delivery.objects.filter(pk__in=ids).order_by("pk")
    return list(
        found.select_related(
            "notification__person",
            "notification__conversation__contact",
            "notification__conversation__handle",
            "subscription",
            "pager",
        )
    )


def _still_wanted(rows: Iterable[Delivery]) -> list[Delivery]:
    """Not what was read meanwhile, and not of a conversation that is no longer theirs to see."""
    wanted: list[Delivery] = []
    others: list[Delivery] = []
    for row in rows:
        told = row.notification
        hidden = told.conversation_id is not None and not (
            visible_to(told.person).filter(pk=told.conversation_id).exists()
        )
        unwanted = told.read_at is not None or hidden or not told.person.is_active
        (others if unwanted else wanted).append(row)
    if others:
        skipped = Delivery.objects.filter(pk__in=[row.pk for row in others])
        skipped.update(state=DeliveryState.SKIPPED)
    return wanted


def _grouped(rows: Iterable[Delivery]) -> list[list[Delivery]]:
    groups: dict[object, list[Delivery]] = defaultdict(list)
    for row in rows:
        whose = (row.notification.person_id, row.way, row.subscription_id, row.pager_id)
        groups[whose if row.held else row.pk].append(row)
    return list(groups.values())
