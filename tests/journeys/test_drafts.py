"""Nothing one typed is lost: by a dead browser, a restarted server, or a faster colleague."""

from __future__ import annotations

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey


def at_the_composer(visitor: Visitor, name: str) -> None:
    visitor.goto()
    visitor.sees(name, visitor.row(name))
    visitor.open(name)
    visitor.press("r")


def test_a_draft_survives_the_death_of_the_browser(house: House, visit: Visit) -> None:
    house.post(Person("selin.example", "Selin Aydin"), "@meridian.example may I bring my cello?")
    mika = visit("mika")
    at_the_composer(mika, "Selin Aydin")
    mika.write("Hello Selin, a cello needs")
    mika.sees("Saved", "#composer [data-draft-line]")
    where = mika.page.url.removeprefix(house.url)
    mika.context.close()

    again = visit("mika")  # another browser: nothing is left but what the server knows
    again.goto(where)
    assert again.written == "Hello Selin, a cello needs"
    again.sees("Draft of", "#composer [data-draft-line]")
    again.goto()
    again.sees("draft", again.row("Selin Aydin"))


def test_a_draft_survives_a_restart_of_the_server(house: House, visit: Visit) -> None:
    house.post(Person("noah.example", "Noah Brandt"), "@meridian.example which gate for LIS?")
    mika = visit("mika")
    at_the_composer(mika, "Noah Brandt")
    mika.outage = True
    killed = house.kill("web")
    mika.write("Hello Noah, it is gate")
    until(lambda: house.process("web") not in {0, killed})
    assert until(house.is_ready)
    mika.write(" twelve")
    mika.sees("Saved", "#composer [data-draft-line]")
    mika.page.reload()
    mika.holds("document.querySelector('[aria-keyshortcuts]') !== null")
    assert mika.written == "Hello Noah, it is gate twelve"
    mika.outage = False
    mika.press("r")
    mika.send()
    mika.sees("delivered", "#messages .ours")
    assert len(house.ours("Hello Noah, it is gate twelve")) == 1


def test_the_slower_of_two_colleagues_sees_the_answer_and_keeps_their_text(
    house: House, visit: Visit
) -> None:
    house.post(Person("iva.example", "Iva Horak"), "@meridian.example do you fly to Brno?")
    mika, ben = visit("mika"), visit("ben")
    at_the_composer(mika, "Iva Horak")
    mika.write("Hello Iva, yes, twice a day. /Mika")
    mika.send()
    mika.sees("yes, twice a day", "#messages .ours")
    at_the_composer(ben, "Iva Horak")  # while Mika wrote, Ben could only read
    ben.write("Hello Iva, yes we do. /Ben")
    ben.read_again()
    ben.sees("Mika has answered this already", "#reread")
    ben.sees("yes, twice a day", "#reread")
    ben.sees("Answer anyway", "#reread")
    ben.press("Escape")
    assert ben.written == "Hello Iva, yes we do. /Ben"
    ben.sees("delivered", "#messages .ours")
    assert house.ours("Hello Iva, yes we do. /Ben") == []
    assert len(house.ours("Hello Iva, yes, twice a day. /Mika")) == 1
    kept = (
        "SELECT body FROM replies_draft d JOIN people_user u ON u.id = d.author_id"
        " WHERE u.username = 'ben' AND body LIKE 'Hello Iva%%'"
    )
    # A moment after the last key the browser keeps it.
    assert until(lambda: house.asked(kept) == [("Hello Iva, yes we do. /Ben",)])
