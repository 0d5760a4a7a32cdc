"""Reading notifications, and how each person wants them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.lookups import Lookup, Rows, number_of
from harken.domain.notifications.kinds import KINDS, Way
from harken.domain.notifications.models import (
    NoteMention,
    Notification,
    Pager,
    Preference,
    PushSubscription,
    QuietHours,
)
from harken.domain.notifications.quiet import quiet_until
from harken.domain.people.models import User

Ways = Callable[[int, str], frozenset[Way]]


@dataclass(slots=True)
class Addresses:
    """Where a person can be reached outside the desk; ids of subscriptions and pagers."""

    subscriptions: list[int] = field(default_factory=list)
    pagers: list[int] = field(default_factory=list)
    email: str = ""


def of_person(person: User) -> QuerySet[Notification]:
    """What a person was told, newest first; not of conversations they may not see any more."""
    seen = Q(conversation__isnull=True) | Q(conversation__in=visible_to(person))
    found = Notification.objects.filter(seen, person=person)
    return found.select_related("conversation__contact", "conversation__handle", "by").order_by(
        "-id"
    )


def unread_count(person: User) -> Lookup[int]:
    """How many the bell shows."""
    return number_of(of_person(person).filter(read_at__isnull=True, silent=False))


def names_in_notes(case: Collection[Conversation]) -> Lookup[dict[int, list[str]]]:
    """Whom the notes of these conversations name, as written, by the note's id."""

    def read(rows: Rows) -> dict[int, list[str]]:
        named: dict[int, list[str]] = defaultdict(list)
        for note, written in rows:
            named[note].append(written)
        return dict(named)

    mentions = NoteMention.objects.filter(note__conversation__in=case)
    return Lookup(mentions.values_list("note_id", "written"), read)


def chosen_ways(people: Collection[int]) -> Ways:
    """A function that answers which ways are on for a person's id and a kind's key."""
    words = Preference.objects.filter(person__in=people)
    said = {
        (person, kind, Way(way)): on
        for person, kind, way, on in words.values_list("person_id", "kind", "way", "on")
    }

    def ways(person: int, kind: str) -> frozenset[Way]:
        usual = KINDS[kind].ways
        return frozenset(way for way in Way if said.get((person, kind, way), way in usual))

    return ways


def addresses_of(people: Collection[int]) -> dict[int, Addresses]:
    """Where these people can be reached; e-mail only where a mail server is set."""
    found = {pk: Addresses() for pk in people}
    subscriptions = PushSubscription.objects.filter(person__in=people)
    for person, pk in subscriptions.values_list("person_id", "pk"):
        found[person].subscriptions.append(pk)
    for person, pk in Pager.objects.filter(person__in=people).values_list("person_id", "pk"):
        found[person].pagers.append(pk)
    if settings.MAIL_IS_SET_UP:
        for pk, email in User.objects.filter(pk__in=people).values_list("pk", "email"):
            found[pk].email = email
    return found


def quiet_ends(people: Collection[int], moment: datetime) -> dict[int, datetime]:
    """Until when those of the people who have quiet hours at `moment` want to hear nothing."""
    ends = {}
    for hours in QuietHours.objects.filter(person__in=people):
        until = quiet_until(moment, hours.zone, hours.starts, hours.ends)
        if until is not None:
            ends[hours.person_id] = until
    return ends


def quiet_hours_of(person: User) -> QuietHours | None:
    """A person's quiet hours, if they keep any."""
    return QuietHours.objects.filter(person=person).first()
