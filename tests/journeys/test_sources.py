"""A source is added with the keyboard, speaks at once, rests, and is taken out and back."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

SOURCES = "/manage/listening/sources/"
HEAVY = {"serious", "critical"}


def clean(visitor: Visitor) -> None:
    found = Axe().run(visitor.page).response["violations"]
    heavy = [each["nodes"][0]["html"][:120] for each in found if each["impact"] in HEAVY]
    assert not heavy, heavy


def press_button(visitor: Visitor, label: str) -> None:
    visitor.tab_to(f"here.getAttribute('aria-label') === {label!r}")
    visitor.press("Enter")


def add_loopback(visitor: Visitor, name: str, address: str) -> None:
    visitor.goto(SOURCES)
    visitor.press("c")
    visitor.sees("Every post of the practice network")
    visitor.tab_to("here.textContent.includes('Loopback, everything')")
    visitor.press("Enter")
    visitor.sees("As your team calls it.")
    visitor.tab_to("here.name === 'name'")
    visitor.write(name)
    visitor.press("Tab")
    visitor.write(address)
    visitor.press("Control+Enter")
    visitor.sees(f"“{name}” is read from now on.")


def test_a_source_is_added_speaks_rests_and_comes_back(house: House, visit: Visit) -> None:
    maren = visit("maren")
    add_loopback(maren, "Everybody", house.network.url)
    maren.sees("Listening", ".source .state")
    house.post(Person("nobody.example", "Noor"), "a bag stayed on the train, nobody called")
    maren.sees("Posts in the last hour1", ".source .facts > div")
    clean(maren)
    press_button(maren, "Pause Everybody")
    maren.sees("“Everybody” is paused")
    maren.sees("Paused", ".source .state")
    clean(maren)
    press_button(maren, "Resume Everybody")
    maren.sees("goes on where it stopped")
    press_button(maren, "Take Everybody out")
    maren.sees("“Everybody” is taken out")
    clean(maren)
    maren.press("z")
    maren.sees("“Everybody” is back")
    press_button(maren, "Take Everybody out")
    maren.sees("“Everybody” is taken out")


def test_a_refused_source_says_what_to_do_on_a_dark_phone(house: House, visit: Visit) -> None:
    look = {"viewport": {"width": 400, "height": 900}, "color_scheme": "dark"}
    maren = visit("maren", **look)
    add_loopback(maren, "Far away", "http://10.0.0.1:7000")
    maren.sees("Stopped", ".source .state")
    maren.sees("HARKEN_PRIVATE_HOSTS", ".source .advice")
    clean(maren)
    assert not maren.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    press_button(maren, "Change Far away")
    maren.sees("HARKEN_PRIVATE_HOSTS", ".banner.stop")
    clean(maren)
    maren.goto(SOURCES)
    press_button(maren, "Take Far away out")
    maren.sees("“Far away” is taken out")
