"""An answer that was wrong is deleted at the network, put right, and both stand in the report."""

from __future__ import annotations

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

NAME = "Ingvild Moe"
WRONG = "Hello Ingvild, the shop in Ghent is open until nine on Sundays. /Mika"
RIGHT = "Hello Ingvild, I was wrong: on Sundays the shop in Ghent is closed. /Mika"
WHY = "the hours of another shop"
KEPT = (
    "SELECT r.stood, r.written, r.deleted_at IS NOT NULL FROM replies_retraction r "
    "WHERE r.stood = %s"
)


def take_back(mika: Visitor) -> None:
    """Say why, and what is to stand instead; nothing of ours is sent by it."""
    mika.page.locator("#messages").focus()
    mika.tab_to("here.dataset.open === 'retract'")
    mika.press("Enter")
    mika.sees("Why it is taken back", "#retract")
    mika.holds("document.activeElement.name === 'reason'")
    mika.press("Space", "Tab")
    mika.write(WHY)
    mika.press("Tab")
    mika.write(RIGHT)
    mika.press("Control+Enter")
    mika.sees("It puts right what Mika took back", "#reread")
    mika.holds("document.activeElement.closest('[data-rereading]') !== null")


def test_a_wrong_answer_is_deleted_and_put_right_and_both_are_reported(
    house: House, visit: Visit
) -> None:
    house.post(Person("ingvild.example", NAME), "@meridian.example when is Ghent open?")
    mika = visit("mika")
    mika.goto("/desk/?text=Ingvild+Moe")  # the house is shared
    mika.sees(NAME, mika.row(NAME))
    mika.open(NAME)
    mika.answer(WRONG)
    mika.sees("delivered", "#messages .ours")
    take_back(mika)
    assert until(lambda: house.ours(WRONG) == [])
    assert house.ours(RIGHT) == []
    mika.press("Control+Enter")
    mika.sees("put right by this answer", "#messages .ours.retracted")
    mika.sees("puts right what was taken back", "#messages .ours.delivered")
    assert len(house.ours(RIGHT)) == 1
    assert until(lambda: house.asked(KEPT, WRONG) == [(WRONG, WRONG, True)])

    lena = visit("lena")
    lena.goto("/manage/retractions/")
    card = ".retraction:has-text('Ingvild Moe')"
    for said in (WRONG, RIGHT, WHY, "deleted at the network", "put right"):
        lena.sees(said, card)
    lena.goto("/manage/reports/day/")
    lena.sees("put right", ".taken-back")
    lena.page.locator(".taken-back a").press("Enter")
    lena.page.locator(f"{card} a").first.press("Enter")
    lena.sees(RIGHT, "#messages .ours")
