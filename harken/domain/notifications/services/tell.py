"""Telling people something: one row a person, and a delivery for every way they chose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import connection, transaction

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.journal.services import record_all
from harken.domain.notifications.events import NotificationMade
from harken.domain.notifications.kinds import KINDS, Way
from harken.domain.notifications.models import Delivery, Notification
from harken.domain.notifications.queries import Addresses, addresses_of, chosen_ways, quiet_ends
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.text import storable

LONGEST = 300  # characters


class About(TypedDict, total=False):
    """What a notification is about, all of it optional."""

    conversation: Conversation | None
    url: str
    urgent: bool


def notify(
    kind: str, *, to: Iterable[User], text: str, by: User | None = None, **about: Unpack[About]
) -> list[Notification]:
    """Tell each person in `to` once; returns what was made. Needs an open transaction.

    `kind` is a key of `KINDS` (`KeyError` otherwise). `text` says what happened in a few words and
    never quotes a customer. `by` is the colleague who did it: they are not told of their own act.
    With a `conversation` only those who may see it are told. `url` is a path inside Harken to open
    instead of it. `urgent` does not wait for quiet hours.
    """
    conversation = about.get("conversation")
    people = {person.pk: person for person in to if person.is_active}
    if by is not None:
        people.pop(by.pk, None)
    return store(
        [
            Notification(
                person=person,
                kind=KINDS[kind].key,
                text=storable(text, LONGEST),
                conversation=conversation,
                url=about.get("url", ""),
                by=by,
                urgent=about.get("urgent", False),
            )
            for person in people.values()
            if conversation is None or visible_to(person).filter(pk=conversation.pk).exists()
        ]
    )


def store(rows: Sequence[Notification]) -> list[Notification]:
    """Store notifications whose people may know of them, with their deliveries and events.

    Set-based: a few statements however many rows. What a person does not want on the desk is
    stored as silent, so that their list is complete and their bell does not ring.
    """
    if not rows:
        return []
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("notify() needs an open transaction")
    people = {row.person_id for row in rows}
    ways = chosen_ways(people)
    for row in rows:
        if Way.DESK not in ways(row.person_id, row.kind):
            row.silent = True
    made = Notification.objects.bulk_create(rows)
    outside = [row for row in made if ways(row.person_id, row.kind) - {Way.DESK}]
    if outside:
        addresses = addresses_of({row.person_id for row in outside})
        quiet = quiet_ends({row.person_id for row in outside}, clock.now())
        Delivery.objects.bulk_create(
            delivery
            for row in outside
            for delivery in _deliveries(row, ways(row.person_id, row.kind), addresses, quiet)
        )
    record_all(
        NotificationMade(notification=row.pk, only_for=row.person_id)
        for row in made
        if not row.silent
    )
    return made


def _deliveries(
    row: Notification,
    ways: frozenset[Way],
    addresses: dict[int, Addresses],
    quiet: dict[int, datetime],
) -> Iterable[Delivery]:
    known = addresses.get(row.person_id, Addresses())
    until = None if row.urgent else quiet.get(row.person_id)
    when = {"held": True, "next_at": until} if until else {}
    if Way.PUSH in ways:
        for subscription in known.subscriptions:
            yield Delivery(notification=row, way=Way.PUSH, subscription_id=subscription, **when)
    if Way.EMAIL in ways and known.email:
        yield Delivery(notification=row, way=Way.EMAIL, **when)
    if Way.PAGER in ways:
        for pager in known.pagers:
            yield Delivery(notification=row, way=Way.PAGER, pager_id=pager, **when)
