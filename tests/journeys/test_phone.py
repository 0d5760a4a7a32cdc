"""On a phone list and conversation are two screens."""

from __future__ import annotations

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House

pytestmark = pytest.mark.journey

ANSWER = "Hello Ada, it leaves at nine. /Mika"
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_list_conversation_answer_and_back_on_400_pixels(house: House, visit: Visit) -> None:
    house.post(Person("ada.example", "Ada Moreau"), "@meridian.example when does the bus leave?")
    mika = visit("mika", viewport={"width": 400, "height": 800}, has_touch=True)
    mika.goto("/desk/?text=Ada+Moreau")  # the house is shared, and a list's first page is short
    mika.sees("Ada Moreau", mika.row("Ada Moreau"))
    assert not mika.page.locator("#main").is_visible()
    assert not mika.page.evaluate(OVERFLOW)

    mika.open("Ada Moreau")
    assert not mika.page.locator(".list").is_visible()
    mika.sees("Topic", "nav.actions")
    assert not mika.page.evaluate(OVERFLOW)
    mika.answer(ANSWER)
    mika.sees("delivered", "#messages .ours")
    assert len(house.ours(ANSWER)) == 1

    mika.tab_to("'back' in here.dataset", key="Shift+Tab")
    mika.press("Enter")
    mika.page.locator("#rows").wait_for()
    assert not mika.page.locator("#main").is_visible()
