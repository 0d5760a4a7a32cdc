"""Who calls nobody is heard: a query is written, mended and saved; a live mention is answered."""

from __future__ import annotations

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until
from tests.journeys.test_sources import SOURCES, press_button
from tests.journeys.visitor import READY, Visitor

pytestmark = pytest.mark.journey

TAG = "#lanternride"
WRONG, RIGHT = f"({TAG} OR lanternrides", f"({TAG} OR lanternrides) NOT giveaway"
ANSWER = "Hello Ylva, the ride starts at seven by the old harbour. See you there! /Mika"


def read_the_whole_network(maren: Visitor) -> None:
    """Maren adds the network's own stream to the sources."""
    maren.goto("/manage/listening/sources/new/loopback/")
    maren.page.locator("[name=name]").fill("Everything at Loopback")
    maren.page.locator("[name=service]").fill(maren.house.network.url)
    maren.press("Control+Enter")
    maren.sees("Everything at Loopback", "main")


def save_a_monitor(maren: Visitor) -> None:
    """Maren writes a query with an error, is told where, mends it, sees what it hears, saves."""
    maren.goto("/manage/listening/new/")
    maren.page.locator("[name=name]").focus()
    maren.write("Lantern rides")
    maren.tab_to("here.name === 'query'")
    maren.write(WRONG)
    maren.sees("Column", "#preview [data-fault]")
    maren.page.evaluate("document.querySelector('#monitor-form').dataset.old = ''")
    maren.press("Control+Enter")
    maren.holds("!('old' in document.querySelector('#monitor-form').dataset)")  # it came anew
    maren.sees("Column", "#preview [data-fault]")
    assert not maren.house.asked("SELECT id FROM listening_monitor WHERE name = 'Lantern rides'")
    maren.page.locator("[name=query]").focus()
    maren.press("Control+A")
    maren.write(RIGHT)
    maren.sees("Would have heard 1 of the last", "#preview")
    maren.sees("does the #lanternride go ahead", "#preview .posts")
    maren.press("Control+Enter")
    maren.sees("Lantern rides", "main")
    assert maren.house.asked("SELECT id FROM listening_monitor WHERE name = 'Lantern rides'")


def test_a_query_is_mended_and_who_calls_nobody_is_heard_live_and_answered(
    house: House, visit: Visit
) -> None:
    body = "SELECT id FROM conversations_message WHERE body LIKE %s"
    house.post(Person("runa.example", "Runa Moe"), f"@meridian.example does the {TAG} go ahead?")
    assert until(lambda: house.asked(body, "%go ahead%"))
    maren, mika = visit("maren"), visit("mika")
    read_the_whole_network(maren)
    save_a_monitor(maren)

    mika.goto("/desk/mentions/")
    asked = house.post(Person("ylva.example", "Ylva Berg"), f"when does the {TAG} start tonight?")
    house.post(Person("odd.example", "Odd Vik"), f"{TAG} giveaway, follow and win")
    mika.sees("start tonight", "[data-mention]")
    mika.press("j", "t")
    mika.sees("start tonight", "#messages")
    mika.holds(READY)  # it is another page
    mika.press("r")
    mika.holds("document.activeElement.id === 'answer'")
    mika.write(ANSWER)
    mika.send()
    mika.sees("delivered", "#messages .ours")
    (ours,) = house.ours(ANSWER)
    assert ours.parent == asked.id

    mika.goto("/desk/mentions/")
    mika.holds("!document.querySelector('#mentions').textContent.includes('start tonight')")
    heard = house.asked("SELECT uri FROM listening_mention WHERE text LIKE %s", f"%{TAG}%")
    assert (asked.id,) in heard
    assert not house.asked("SELECT id FROM listening_mention WHERE text LIKE %s", "%giveaway%")

    maren.goto(SOURCES)  # the house is shared
    press_button(maren, "Take Everything at Loopback out")
    maren.sees("“Everything at Loopback” is taken out")
