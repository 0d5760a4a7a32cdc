"""A roster made and read by keys; the note of who leaves stands before who is on."""

from __future__ import annotations

import re
from urllib.request import urlopen

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.test_accessibility import at_rest, in_both_themes
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

CELL = "document.activeElement.matches('[data-cell]')"
IN_COLUMN = "[...document.activeElement.parentElement.cells].indexOf(document.activeElement) === {}"


def make_layer(lena: Visitor) -> None:
    lena.goto("/manage/roster/")
    lena.page.keyboard.press("n")
    lena.page.locator("#field-name").fill("Desk")
    lena.page.locator("#field-name").press("Enter")
    lena.sees("is ready: plan people in")


def plan_mika_in(lena: Visitor) -> None:
    """Round the clock on every day, so that Mika is on whenever the test runs."""
    lena.page.keyboard.press("n")
    lena.sees("Plan somebody in", "dialog h2")
    dialog = lena.page.locator("dialog[open]")
    dialog.get_by_label("Person").select_option("Mika")
    dialog.get_by_label("From").fill("00:00")
    dialog.get_by_label("To", exact=True).fill("00:00")
    for box in dialog.get_by_role("checkbox").all():
        box.press("Space")
    dialog.get_by_label("To", exact=True).press("Enter")
    lena.sees("Mika is planned in.")


def take_layer_out(lena: Visitor) -> None:
    """The house is shared: without a layer the team is as it was."""
    lena.goto("/manage/roster/")
    lena.page.get_by_role("button", name="Take Desk out").press("Enter")
    lena.sees("is out; its shifts do not count any more")


def walk_through_the_grid(lena: Visitor) -> None:
    lena.page.locator("[data-cell][tabindex='0']").focus()
    lena.page.keyboard.press("ArrowRight")
    lena.holds(f"{CELL} && {IN_COLUMN.format(2)}")
    for _ in range(6):
        lena.page.keyboard.press("ArrowRight")
    # Beyond Sunday is Monday of the week after.
    lena.holds(f"location.search.includes('week=') && {CELL} && {IN_COLUMN.format(1)}")
    lena.page.keyboard.press("t")
    lena.sees("today", ".week thead")


def test_a_roster_is_made_and_walked_through_by_keys(visit: Visit) -> None:
    lena = visit("lena")
    make_layer(lena)
    try:
        plan_mika_in(lena)
        walk_through_the_grid(lena)
        mika = visit("mika")
        mika.goto("/desk/")
        mika.sees("Mika", ".views .duty")
        lena.page.keyboard.press("h")
        lena.page.get_by_label("What has the next shift to know?").fill("Two parcels are late.")
        lena.page.get_by_role("button", name="Leave the note").press("Enter")
        lena.sees("Whoever comes next in")
        mika.goto("/desk/")
        mika.sees("Two parcels are late.", ".handover")
        mika.page.get_by_role("button", name="I have read it").press("Enter")
        mika.holds(
            "document.querySelector('.handover') === null && document.querySelector('.desk')"
        )
        mika.page.keyboard.press("g")
        mika.page.keyboard.press("o")
        mika.sees("On duty now: Mika")
        read_the_calendar(mika)
    finally:
        take_layer_out(lena)


def read_the_calendar(mika: Visitor) -> None:
    mika.page.get_by_role("button", name="Make an address: My shifts").press("Enter")
    mika.sees("has a new address")
    address = mika.page.get_by_label("My shifts", exact=True).input_value()
    with urlopen(address, timeout=90) as answer:
        assert answer.headers["Content-Type"].startswith("text/calendar")
        text = answer.read().decode()
    assert re.search(r"SUMMARY:On duty: Mika", text)


@pytest.mark.parametrize("width", [400, 1440])
def test_axe_finds_nothing_serious_in_a_roster(visit: Visit, width: int) -> None:
    lena = visit("lena", **at_rest("light", width))
    lena.goto("/manage/roster/")
    found = in_both_themes(lena, "empty roster")
    make_layer(lena)
    try:
        plan_mika_in(lena)
        found += in_both_themes(lena, "roster")
        lena.page.locator(".shift").filter(visible=True).first.press("Enter")
        lena.sees("Mika", "dialog h2")
        found += in_both_themes(lena, "shift")
        lena.goto("/manage/roster/?away")
        found += in_both_themes(lena, "absence")
        lena.goto("/manage/roster/handover/?team=service")
        found += in_both_themes(lena, "handover note")
    finally:
        take_layer_out(lena)
    assert found == []
