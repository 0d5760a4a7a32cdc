"""What the demo's colleagues have set aside: some snoozed, two threads merged into one case."""

from __future__ import annotations

from datetime import timedelta

from harken.domain.conversations.models import Conversation, Place
from harken.domain.conversations.services.merge import merge
from harken.domain.conversations.services.snooze import UNTIL_THEY_WRITE, snooze
from harken.domain.people.models import User
from harken.kit import clock

LATER = (timedelta(minutes=20), timedelta(hours=5), timedelta(days=2))
PEOPLE = 200  # newest conversations looked through for somebody who wrote twice


def set_aside() -> None:
    """Snooze a few answered conversations and merge two of one person. Runs once, on loading."""
    answered = Conversation.objects.filter(place=Place.OPEN, waits_since=None, assignee__gt=0)
    moments = [*(clock.now() + each for each in LATER), UNTIL_THEY_WRITE]
    for conversation, until in zip(answered.order_by("-listed_at"), moments, strict=False):
        assert conversation.assignee is not None  # the filter asked for it
        snooze(conversation, until, by=conversation.assignee)
    _one_case()


def _one_case() -> None:
    by = User.objects.filter(role="manager", is_active=True).first()
    first_of: dict[int, Conversation] = {}
    newest = Conversation.objects.filter(place__in=[Place.OPEN, Place.CLOSED])
    for each in newest.order_by("-listed_at")[:PEOPLE]:
        known = first_of.setdefault(each.contact_id, each)
        if by is not None and known.pk != each.pk and known.place == Place.OPEN:
            merge(known, each, by=by, reason="the same parcel, asked twice")
            return
