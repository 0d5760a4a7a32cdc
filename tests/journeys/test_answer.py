"""From a customer's post to an answer that stands under it, by keys alone."""

from __future__ import annotations

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House

pytestmark = pytest.mark.journey

AMARA = Person("amara.example", "Amara Okafor")
QUESTION = "@meridian.example my suitcase did not arrive in Lisbon"
ANSWER = "Hello Amara, I am sorry about your suitcase. It is on the next flight. /Mika"


def test_a_customer_is_heard_answered_once_and_their_thanks_arrive(
    house: House, visit: Visit
) -> None:
    friend = house.post(Person("tomas.example", "Tomas Reyes"), "How was everybody's trip?")
    mika = visit("mika")
    mika.goto()
    opened = mika.navigations

    question = house.post(AMARA, QUESTION, under=friend)
    mika.sees(QUESTION, mika.row("Amara Okafor"))
    mika.open("Amara Okafor")
    mika.sees("How was everybody's trip?", "#messages .parent")
    mika.sees(QUESTION, "#messages .post")

    with house.patient():
        mika.answer(ANSWER)
        assert house.ours(ANSWER) == [], "nothing left the house while the countdown runs"
        mika.press("z")
        mika.holds("document.querySelector('#answer').value !== ''")
        assert mika.written == ANSWER
        mika.page.locator("#messages .ours").wait_for(state="detached")

    mika.press("r")
    mika.send()
    mika.sees("delivered", "#messages .ours")
    (delivered,) = house.ours(ANSWER)
    assert delivered.parent == question.id
    assert mika.page.locator("#messages .ours").count() == 1

    house.post(AMARA, "Thank you, that was quick!", under=delivered)
    mika.sees("Thank you, that was quick!", "#messages .post")
    assert mika.navigations == opened, "all of this happened on one page, without a reload"
    assert len(house.ours(ANSWER)) == 1


def test_closing_asks_why_only_while_a_customer_waits(house: House, visit: Visit) -> None:
    jonas = Person("jonas.example", "Jonas Lind")
    asked = house.post(jonas, "@meridian.example is the lounge open at six?")
    mika = visit("mika")
    mika.goto()
    mika.sees("Jonas Lind", mika.row("Jonas Lind"))
    mika.open("Jonas Lind")

    mika.press("e")
    mika.page.locator("#pick-reason[open]").wait_for()
    mika.leave_dialog()
    mika.answer("Good morning Jonas, it opens at five. /Mika")
    mika.sees("delivered", "#messages .ours")
    mika.holds("!document.querySelector('#head [data-open=pick-reason]')")
    mika.press("e")
    mika.sees("closed", "#head small")

    house.post(jonas, "Five is early. Is there coffee?", under=asked)
    mika.sees("Five is early", "#messages .post")
    mika.sees("Mika closed it", "#messages")
    mika.press("e")
    mika.page.locator("#pick-reason").wait_for()
    mika.write("small talk")
    mika.press("Enter")
    mika.sees("closed", "#head small")
    reasons = house.asked(
        "SELECT close_reason FROM conversations_conversation c"
        " JOIN contacts_contact p ON p.id = c.contact_id WHERE p.name = %s",
        "Jonas Lind",
    )
    assert reasons == [("thanks",)]
