"""Calendar addresses: one a person and calendar, hard to guess, renewed when it got about."""

from __future__ import annotations

import secrets

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.models import Team, User
from harken.domain.roster.events import CalendarRenewed
from harken.domain.roster.models import Feed
from harken.domain.roster.services.permission import need_reader
from harken.kit import clock

BYTES = 32  # of chance in an address


def renew_feed(team: Team | None, *, by: User) -> Feed:
    """Give `by` a new address of their own shifts, or of a team's; the old one answers nothing.

    Raises `NotAllowed` for a team whose roster they may not see.
    """
    if team is not None:
        need_reader(by, team)
    with transaction.atomic():
        feed, _ = Feed.objects.update_or_create(
            owner=by,
            team=team,
            defaults={"token": secrets.token_urlsafe(BYTES), "made_at": clock.now()},
        )
        record(CalendarRenewed(by=by.pk, teams=(team.pk,) if team else ()))
    return feed
