"""What is promised is remembered with one key, and what is sent later looks around first."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

HEAVY = {"serious", "critical"}
NOW = """
UPDATE replies_reply SET go_at = now(), hold_until = now(), next_attempt_at = now()
WHERE body = %s AND state = 'scheduled' RETURNING id
"""
STATE = "SELECT state FROM replies_reply WHERE body = %s ORDER BY id DESC"


def open_to_write(visitor: Visitor, name: str) -> None:
    visitor.goto(f"/desk/?text={name.replace(' ', '+')}")  # the house is shared
    visitor.sees(name, visitor.row(name))
    visitor.open(name)
    visitor.press("r")


def clean(visitor: Visitor) -> bool:
    found = Axe().run(visitor.page).response["violations"]
    heavy = [each["nodes"][0]["html"][:120] for each in found if each["impact"] in HEAVY]
    assert not heavy, heavy
    return True


def test_a_promise_is_confirmed_with_one_key_and_done_by_the_next_answer(
    house: House, visit: Visit
) -> None:
    house.post(Person("tove.example", "Tove Lind"), "@meridian.example which saddle fits my bike?")
    mika = visit("mika")
    open_to_write(mika, "Tove Lind")
    said = "Hello Tove, I'll get back to you by Friday. /Mika"
    mika.write(said)
    mika.read_again()
    mika.sees("Remind me in time", "#reread")
    mika.press("u")
    mika.holds("document.querySelector('[name=promised]').checked")
    assert clean(mika)
    mika.press("Control+Enter")
    mika.sees("promised by", "#head")
    mika.sees("delivered", "#messages .ours")
    mika.press("Escape", "g", "f")
    mika.sees("I'll get back to you by Friday", ".followups")
    assert clean(mika)

    mika.goto("/desk/?view=all")
    mika.sees("promised by Mika", mika.row("Tove Lind"))
    mika.open("Tove Lind")
    mika.answer("Hello Tove, the grey saddle fits your bike. /Mika")
    kept = "SELECT kept_at IS NOT NULL FROM followups_followup WHERE what LIKE %s"
    assert until(lambda: house.asked(kept, "%I'll get back%") == [(True,)])


def test_what_is_scheduled_stays_when_the_customer_writes_again(house: House, visit: Visit) -> None:
    aud = Person("aud.example", "Aud Moen")
    asked = house.post(aud, "@meridian.example is my bike ready?")
    mika = visit("mika")
    open_to_write(mika, "Aud Moen")
    said = "Good morning Aud, your bike is ready, the shop is open until six. /Mika"
    mika.write(said)
    mika.press("Control+Shift+L")
    mika.holds("document.activeElement.id === 'send-at'")
    mika.write("in 2 days")
    mika.sees("It leaves", "#send-at-said")
    assert clean(mika)
    mika.press("Control+Enter")
    mika.sees("goes out", "#messages .ours")
    house.post(aud, "Never mind, my brother has fetched it.", under=asked)
    mika.sees("my brother has fetched it", "#messages")
    assert house.asked(NOW, said)
    assert until(lambda: house.asked(STATE, said) == [("undone",)])
    open_to_write(mika, "Aud Moen")
    mika.sees("the customer wrote again", "#notice")
    assert mika.written == said
    mika.read_again()
    mika.sees("my brother has fetched it", "#reread .news")
    mika.press("Control+Enter")
    mika.sees("delivered", "#messages .ours")
    assert len(house.ours(said)) == 1


def test_what_is_scheduled_leaves_by_itself_when_nothing_happened(
    house: House, visit: Visit
) -> None:
    house.post(Person("liv.example", "Liv Aas"), "@meridian.example is the shop open on Monday?")
    mika = visit("mika")
    open_to_write(mika, "Liv Aas")
    said = "Good morning Liv, yes, the shop is open on Monday from nine. /Mika"
    mika.write(said)
    mika.press("Control+Shift+L")
    mika.holds("document.activeElement.id === 'send-at'")
    mika.write("tomorrow 9:00")
    mika.sees("It leaves", "#send-at-said")
    mika.press("Control+Enter")
    mika.sees("goes out", "#messages .ours")
    assert house.ours(said) == []
    assert house.asked(NOW, said)
    assert until(lambda: house.asked(STATE, said) == [("sent",)])
    mika.sees("delivered", "#messages .ours")
    assert len(house.ours(said)) == 1
