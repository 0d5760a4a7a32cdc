"""A shift of fifty customers, by keyboard alone."""

from __future__ import annotations

import time

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until
from tests.journeys.test_keys import choose
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

MANY = 50
NAME = "Shift Guest"
COUNT_POINTERS = """window.pointers = 0;
for (const kind of ['pointerdown', 'mousedown', 'touchstart'])
    addEventListener(kind, () => { window.pointers += 1; }, true);"""
OPEN = "document.querySelector('[data-open-conversation]')?.dataset.openConversation ?? ''"
ARRIVED = "SELECT count(*) FROM contacts_contact WHERE name LIKE 'Shift Guest %%'"
UNHANDLED = """
SELECT count(*) FROM conversations_conversation c JOIN contacts_contact p ON p.id = c.contact_id
WHERE p.name LIKE 'Shift Guest %%' AND c.assignee_id IS NULL AND c.state = 'open'
"""
STILL_WAITS = """
SELECT count(*) FROM conversations_conversation c JOIN contacts_contact p ON p.id = c.contact_id
JOIN people_user u ON u.id = c.assignee_id
WHERE p.name LIKE 'Shift Guest %%' AND c.waiting_since IS NOT NULL AND u.username = 'mika'
"""


def go_on(visitor: Visitor, *keys: str) -> None:
    """Press keys that lead to another conversation, or to the word that nobody waits."""
    before = visitor.page.evaluate(OPEN)
    visitor.press(*keys)
    visitor.holds(f"({OPEN}) !== {before!r}")


def write(visitor: Visitor, key: str, text: str) -> None:
    visitor.press(key)
    visitor.holds("document.activeElement.id === 'answer'")
    visitor.write(text)


def answer(visitor: Visitor, number: int) -> None:
    write(visitor, "r", f"Dear guest {number}, it is on its way.")
    visitor.read_again()
    go_on(visitor, "Control+Shift+Enter")


def tag_and_answer(visitor: Visitor, number: int) -> None:
    choose(visitor, "l", f"parcel-{number}" if number % 2 else "parcel")
    visitor.sees("#parcel", "#toasts")
    choose(visitor, "y", "high")
    visitor.sees("high priority", "#head")
    answer(visitor, number)


def close(visitor: Visitor, number: int) -> None:
    del number
    choose(visitor, "e", "spam")
    visitor.sees("Reopen", "#head")
    go_on(visitor, "Shift+N")


def hand_over(visitor: Visitor, number: int) -> None:
    write(visitor, "n", f"Guest {number} is one for Ben.")
    visitor.press("Control+Enter")
    visitor.sees(f"Guest {number} is one for Ben.", "#messages .note")
    visitor.holds("document.querySelector('#answer').value === ''")
    choose(visitor, "a", "ben")
    visitor.sees("with Ben", "#head small")
    go_on(visitor, "Shift+N")


DEEDS = (answer, tag_and_answer, answer, close, hand_over)


def test_fifty_customers_are_handled_without_a_pointer(house: House, visit: Visit) -> None:
    for number in range(MANY):
        guest = Person(f"shift-{number}.example", f"{NAME} {number}")
        house.post(guest, f"@meridian.example where is my parcel {number}?")
    assert until(lambda: house.asked(ARRIVED) == [(MANY,)])
    mika = visit("mika")
    mika.context.add_init_script(COUNT_POINTERS)
    mika.goto("/desk/?view=hot&text=Shift+Guest")
    mika.sees(NAME, "#rows")
    began = time.monotonic()
    go_on(mika, "Shift+N")
    for number in range(MANY):
        mika.sees(NAME, "#head h2")
        DEEDS[number % len(DEEDS)](mika, number)
    took = time.monotonic() - began
    mika.sees("wait", "#conversation .empty h2")
    assert mika.page.evaluate("window.pointers") == 0
    assert house.asked(UNHANDLED) == [(0,)]
    assert until(lambda: house.asked(STILL_WAITS) == [(0,)])
    print(f"{MANY} customers in {took:.0f} s, {took / MANY:.2f} s each")  # noqa: T201 - the figure
