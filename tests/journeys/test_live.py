"""The live line breaks and comes back: everything is there, nothing twice."""

from __future__ import annotations

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until

pytestmark = pytest.mark.journey


def test_after_an_outage_of_the_live_line_every_post_is_shown_once(
    house: House, visit: Visit
) -> None:
    lena = Person("rosa.example", "Rosa Keller")
    first = house.post(lena, "@meridian.example my seat is broken")
    mika = visit("mika")
    mika.goto("/desk/?view=all")
    mika.sees("Rosa Keller", mika.row("Rosa Keller"))
    mika.open("Rosa Keller")
    mika.press("r")  # the focus is off the list, so new rows take their place by themselves
    opened = mika.navigations

    mika.outage = True
    killed = house.kill("live")
    names = [f"Guest {number}" for number in range(6)]
    for number, name in enumerate(names):
        house.post(Person(f"guest{number}.example", name), "@meridian.example are you there?")
        house.post(lena, f"Still broken, part {number}", under=first)
    counted = "SELECT count(*) FROM conversations_message WHERE body LIKE 'Still broken%%'"
    assert until(lambda: house.asked(counted) == [(6,)]), "they arrive while the line is down"
    assert until(lambda: house.process("live") not in {0, killed})

    for name in names:
        mika.sees("are you there?", mika.row(name))
    mika.sees("part 5", "#messages .post")
    assert [mika.page.locator(mika.row(name)).count() for name in names] == [1] * 6
    said = mika.page.locator("#messages .post .said").all_inner_texts()
    assert [text for text in said if "part" in text] == [
        f"Still broken, part {n}" for n in range(6)
    ]
    assert not mika.page.locator("[data-lost]").is_visible()
    assert mika.navigations == opened
