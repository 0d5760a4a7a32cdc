"""What stops an answer between the two send keys: its own text, and what happened meanwhile."""

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
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# An example number of the card networks' own documentation.
CARD = "4111 1111 1111 1111"


def narrow(visitor: Visitor, name: str) -> None:
    """The list with this person alone: the house is shared, and its first page is short."""
    visitor.goto(f"/desk/?text={name.replace(' ', '+')}")
    visitor.sees(name, visitor.row(name))


def open_to_write(visitor: Visitor, name: str) -> None:
    narrow(visitor, name)
    visitor.open(name)
    visitor.press("r")


def test_a_card_number_is_stopped_before_enter_and_shown(house: House, visit: Visit) -> None:
    house.post(Person("signe.example", "Signe Holm"), "@meridian.example did my refund go out?")
    mika = visit("mika")
    open_to_write(mika, "Signe Holm")
    mika.write(f"Hello Signe, 😀 your refund went to {CARD} on Monday. /Mika")
    mika.read_again()
    mika.sees("must be changed first", "#reread")
    assert mika.page.locator("#reread [data-primary]").count() == 0
    mika.press("Control+Enter")
    mika.page.locator("#reread [data-show]").first.focus()
    mika.press("Enter")
    mika.page.locator("[data-rereading]").wait_for(state="detached")
    assert mika.page.evaluate(SELECTED) == CARD
    assert not house.asked("SELECT id FROM replies_reply WHERE body LIKE %s", "%1111%")

    mika.write("your card")
    assert mika.written == "Hello Signe, 😀 your refund went to your card on Monday. /Mika"
    mika.send()
    mika.sees("delivered", "#messages .ours")
    assert len(house.ours("Hello Signe, 😀 your refund went to your card on Monday. /Mika")) == 1
    decided = house.asked("SELECT check_key, severity, decision FROM replies_checkresult")
    assert ("personal", "block", "changed") in decided


def test_what_the_customer_adds_meanwhile_stops_the_second_key_once(
    house: House, visit: Visit
) -> None:
    ragna = Person("ragna.example", "Ragna Dahl")
    asked = house.post(ragna, "@meridian.example when does my bike arrive?")
    mika = visit("mika")
    open_to_write(mika, "Ragna Dahl")
    mika.write("Hello Ragna, your bike arrives on Friday before noon. /Mika")
    mika.read_again()
    house.post(ragna, "Never mind, I have cancelled it.", under=asked)
    # What triage makes of it may give the checks something new to say, which stops once more.
    judged = (
        "SELECT m.id FROM conversations_message m JOIN triage_judgement j ON j.message_id = m.id"
        " WHERE m.body LIKE %s"
    )
    assert until(lambda: house.asked(judged, "Never mind, I have cancelled%"))
    mika.outage = True  # the browser notes the refusal (409) on its console
    mika.press("Control+Enter")
    mika.sees("I have cancelled it", "#reread .news")
    mika.sees("something happened meanwhile", "#reread")
    mika.holds("document.activeElement.closest('[data-rereading]') !== null")
    assert not house.asked("SELECT id FROM replies_reply WHERE body LIKE %s", "Hello Ragna%")
    mika.press("Control+Enter")
    mika.sees("delivered", "#messages .ours")
    assert len(house.ours("Hello Ragna, your bike arrives on Friday before noon. /Mika")) == 1


def test_a_colleague_s_answer_is_shown_before_a_second_one_leaves(
    house: House, visit: Visit
) -> None:
    house.post(Person("sanna.example", "Sanna Lund"), "@meridian.example is the shop open now?")
    mika, ben = visit("mika"), visit("ben")
    open_to_write(mika, "Sanna Lund")
    mika.write("Hello Sanna, the shop opens at ten today. /Mika")
    mika.read_again()
    narrow(ben, "Sanna Lund")
    ben.open("Sanna Lund")
    ben.press("Shift+R")
    ben.page.locator("#take-over[open]").wait_for()
    ben.press("Enter")
    ben.holds("document.activeElement.id === 'answer'")
    ben.write("Hello Sanna, the shop is open now, until six. /Ben")
    ben.send()
    ben.sees("until six", "#messages .ours")
    mika.outage = True
    mika.press("Control+Enter")
    mika.sees("Ben has answered this already", "#reread")
    mika.sees("until six", "#reread .quoted")
    mika.sees("Answer anyway", "#reread")
    mika.press("Escape")
    assert mika.written == "Hello Sanna, the shop opens at ten today. /Mika"


def test_what_the_customer_changed_or_took_back_is_seen_before_it_is_answered(
    house: House, visit: Visit
) -> None:
    ulla = house.network.person(Person("ulla.example", "Ulla Berg"))
    first = house.post(Person("ulla.example", "Ulla Berg"), "@meridian.example is it the red bike?")
    more = house.post(Person("ulla.example", "Ulla Berg"), "And is it insured?", under=first)
    mika = visit("mika")
    open_to_write(mika, "Ulla Berg")
    mika.sees("is it insured", "#messages")
    mika.write("Hello Ulla, it is the red bike, and it is insured until May. /Mika")
    mika.read_again()
    house.network.edit(ulla, first.id, "@meridian.example is it the blue bike?")
    house.network.delete(ulla, more.id)
    both = "SELECT count(*) FROM conversations_message WHERE edited_at IS NOT NULL AND body LIKE %s"
    assert until(lambda: house.asked(both, "%blue bike%") == [(1,)])
    gone = (
        "SELECT count(*) FROM conversations_message WHERE deleted_at IS NOT NULL AND body LIKE %s"
    )
    assert until(lambda: house.asked(gone, "%insured?%") == [(1,)])
    mika.outage = True
    mika.press("Control+Enter")
    mika.sees("is it the blue bike?", "#reread .news.edited")
    mika.sees("is it insured?", "#reread .news.deleted")
    mika.press("Escape")
    assert mika.written.startswith("Hello Ulla, it is the red bike")


def test_the_view_fits_a_phone(house: House, visit: Visit) -> None:
    house.post(Person("tuva.example", "Tuva Nord"), "@meridian.example where do I find my points?")
    # Nothing answers there really; what a worker finds out meanwhile would stop the second key.
    house.asked(
        "INSERT INTO replies_linklook (url, looked_at, is_alive) VALUES (%s, now(), true)"
        " RETURNING id",
        "https://meridian.example/points",
    )
    phone = visit("mika", viewport={"width": 400, "height": 860}, has_touch=True, is_mobile=True)
    narrow(phone, "Tuva Nord")
    phone.page.locator(phone.row("Tuva Nord")).tap()
    phone.page.locator("#answer").tap()
    phone.write("Hello Tuva, your points are on https://meridian.example/points today. /Mika")
    phone.page.get_by_role("button", name="Read again").tap()
    phone.sees("Read it again", "#reread")
    phone.sees("meridian.example/points", "#reread .span-link")
    assert not phone.page.evaluate(OVERFLOW)
    phone.page.get_by_role("button", name="Send", exact=True).tap()
    phone.sees("delivered", "#messages .ours")
