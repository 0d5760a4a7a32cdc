"""A saved answer by keys alone: found, its holes filled, read again, sent, counted."""

from __future__ import annotations

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

SELECTED = """(() => {
    const text = document.querySelector('#answer');
    return text.value.slice(text.selectionStart, text.selectionEnd);
})()"""
SAYS = "Hi {name}, {personal} the swap is free, the van brings the right one. {when}"


def save_an_answer(lena: Visitor) -> None:
    """Lena writes one on the page of saved answers."""
    lena.goto("/manage/answers/new/")
    lena.page.locator("[name=title]").focus()
    lena.page.keyboard.press("Control+A")
    lena.write("Swap for another size")
    lena.page.locator("[name=short]").focus()
    lena.press("Control+A")
    lena.write(SAYS)
    lena.sees("to fill in by hand", "#measured")
    lena.press("Control+s")
    lena.sees("is saved and found from now on")


def test_an_answer_is_found_filled_read_again_and_sent_by_keys(house: House, visit: Visit) -> None:
    save_an_answer(visit("lena"))
    house.post(Person("vigdis.example", "Vigdis Lind"), "@meridian.example it is a size too small")
    mika = visit("mika")
    mika.goto("/desk/?text=Vigdis+Lind")  # the house is shared, and a list's first page is short
    mika.sees("Vigdis Lind", mika.row("Vigdis Lind"))
    mika.open("Vigdis Lind")
    mika.press("r")
    mika.write("/swpa siz")
    mika.sees("Swap for another size", "[data-finder] [role=option]")
    mika.press("Enter")
    mika.holds(f"{SELECTED} === '{{personal}}'")
    assert mika.written.startswith("Hi Vigdis, {personal} the swap is free")
    mika.press("Tab")
    mika.holds(f"{SELECTED} === '{{when}}'")
    mika.write("It rings you on Friday before noon. /Mika")
    mika.read_again()
    mika.sees("A hole is still open", "#reread")
    mika.press("Escape")
    mika.press("Tab")
    mika.holds(f"{SELECTED} === '{{personal}}'")
    mika.write("a size too small is no fun on a new bike;")
    mika.send()
    said = (
        "Hi Vigdis, a size too small is no fun on a new bike; the swap is free, the van brings"
        " the right one. It rings you on Friday before noon. /Mika"
    )
    mika.sees("delivered", "#messages .ours")
    assert len(house.ours(said)) == 1
    used = "SELECT count(*) FROM knowledge_savedansweruse WHERE sent_at IS NOT NULL"
    assert until(lambda: house.asked(used) == [(1,)])
