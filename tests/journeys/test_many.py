"""Many at once by keyboard: choose, see what will change, do it, take it back."""

from __future__ import annotations

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until

pytestmark = pytest.mark.journey

PRIORITIES = """
SELECT count(*) FROM conversations_conversation c JOIN contacts_contact p ON p.id = c.contact_id
WHERE p.name LIKE 'Many Guest %%' AND c.priority = %s
"""


def test_rows_are_chosen_changed_and_taken_back_by_keys(house: House, visit: Visit) -> None:
    for number in range(3):
        guest = Person(f"many-{number}.example", f"Many Guest {number}")
        house.post(guest, f"@meridian.example question {number}")
    assert until(lambda: house.asked(PRIORITIES, "normal") == [(3,)])
    mika = visit("mika")
    mika.goto("/desk/?view=all&text=Many+Guest")
    mika.sees("Many Guest", "#rows")
    mika.holds("document.querySelectorAll('[data-choose-row]').length === 3")
    mika.press("j", "x", "Shift+J")
    mika.sees("2 chosen", "#chosen")
    mika.press("b")
    mika.sees("the 2 chosen here", "#bulk")
    mika.holds("document.activeElement.id === 'bulk-action'")
    mika.write("Set the pri")
    mika.sees("Which", "#bulk")
    mika.sees("the 2 chosen here", "#bulk")
    mika.tab_to("here.id === 'bulk-value-priority'")
    mika.write("High")
    mika.sees("2 conversations will change: High priority", "#bulk")
    mika.tab_to("here.textContent.trim() === 'Change 2'")
    mika.press("Enter")
    mika.sees("High priority: 2 changed", "#toasts")
    mika.holds("!document.querySelector('dialog[open]')")
    mika.holds("!document.querySelector('[data-choose-row]:checked')")
    assert house.asked(PRIORITIES, "high") == [(2,)]
    mika.press("z")
    mika.sees("2 taken back", "#toasts")
    assert house.asked(PRIORITIES, "normal") == [(3,)]
    mika.press("*", "a")
    mika.sees("3 chosen", "#chosen")
    mika.press("*", "n")
    mika.holds("!document.querySelector('[data-choose-row]:checked')")
