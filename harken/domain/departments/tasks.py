"""The look: who is there, who is not, and who answers then; in every worker, all the time."""

from __future__ import annotations

import threading

from harken.domain.departments.services.attend import note_attendance
from harken.domain.departments.services.find import Finder
from harken.domain.departments.services.move import (
    AT_ONCE,
    give_to_leads,
    move_listed,
    move_ripe,
)
from harken.domain.departments.services.name import catch_up
from harken.domain.journal.rounds import look_until
from harken.kit import clock

LOOK = 0.25  # seconds between two looks at what waits
PEOPLE = 0.5  # seconds between two looks at who is there; asking the roster costs more


def run(stop: threading.Event) -> None:
    """Look until `stop` is set; closes the database connection of the calling thread."""
    caught_up, people_at = False, 0.0

    def round_() -> float:
        nonlocal caught_up, people_at
        if not caught_up:
            catch_up()
            caught_up = True
        if clock.monotonic() >= people_at:
            people_at = clock.monotonic() + PEOPLE
            note_attendance()
        move_on()
        return LOOK

    look_until(stop, round_, "the look who answers")


def look() -> None:
    """One look at people and at what waits for them."""
    note_attendance()
    move_on()


def move_on() -> None:
    """What has waited too long for somebody who is not there goes on, or is listed."""
    finder = Finder()
    give_to_leads(finder)
    while move_ripe(finder) == AT_ONCE:
        pass
    while move_listed(finder) >= AT_ONCE:
        pass
