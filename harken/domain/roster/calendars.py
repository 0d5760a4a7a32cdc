"""Rosters as calendars (iCalendar, RFC 5545), for whatever people keep their appointments in.

Every stretch is an event of its own in UTC, swaps and absence already taken into account: no
repetition rules, so no program's own idea of summer time can move a shift. A calendar says who is
on and in which team, and nothing about customers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import icalendar

from harken.domain.people.models import Team, User
from harken.domain.roster.models import Feed, LayerKind
from harken.domain.roster.plan import Slot
from harken.domain.roster.queries import feed_teams, people_in_order, plan_of
from harken.kit import clock

BACK, AHEAD = timedelta(days=14), timedelta(days=90)  # what a calendar holds
AGAIN = timedelta(hours=1)  # how often programs are asked to look again
MAKER = "-//Harken//Roster//EN"


def calendar_of(feed: Feed, at: datetime | None = None) -> bytes:
    """The calendar of an address as of a moment (None: now), as a program takes it."""
    now = at or clock.now()
    made = icalendar.Calendar()
    made.add("prodid", MAKER)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", f"Roster of {feed.team or feed.owner}")
    made.add("refresh-interval", AGAIN, parameters={"value": "DURATION"})
    for team in feed_teams(feed):
        for event in _events(feed, team, now):
            made.add_component(event)
    written: bytes = made.to_ical()
    return written


def _events(feed: Feed, team: Team, now: datetime) -> Iterable[icalendar.Event]:
    slots = plan_of(team, now - BACK, now + AHEAD).slots
    if feed.team_id is None:
        slots = tuple(slot for slot in slots if slot.person == feed.owner_id)
    names = {user.pk: user for user in people_in_order(slot.person for slot in slots)}
    for slot in slots:
        if slot.person in names:
            yield _event(slot, team, names[slot.person], now)


def _event(slot: Slot, team: Team, person: User, now: datetime) -> icalendar.Event:
    what = "On call" if slot.kind == LayerKind.ON_CALL else "On duty"
    event = icalendar.Event()
    # The start is part of the name: absence can leave two pieces of one day's shift.
    event.add("uid", f"{slot.shift}-{slot.day:%Y%m%d}-{slot.starts:%H%M%S}-{slot.person}@harken")
    event.add("dtstamp", now)
    event.add("dtstart", slot.starts)
    event.add("dtend", slot.ends)
    event.add("summary", f"{what}: {person} · {team}")
    event.add("transp", "OPAQUE")
    return event
