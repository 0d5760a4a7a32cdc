"""An escalation: raised at a desk, acknowledged, answered and decided from a phone."""

from __future__ import annotations

import sys
import time

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

WHY = "They write that a lawyer has the pictures."
ANSWER = "Ines, I am Elif and I run this house. I call you at four. /Elif"
DECISION = "We replace it today, at our cost."
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
PHONE = {"viewport": {"width": 400, "height": 800}, "has_touch": True}


def seen_after(began: float, what: str) -> None:
    """Say how long it took."""
    took = time.monotonic() - began
    sys.stdout.write(f"\nescalation: {what} is seen by the agent after {took:.2f} s\n")
    # Two seconds are promised, and the figure is told; here only a lost event fails.
    assert took < 60


def escalated(visit: Visit) -> Visitor:
    """Mika's desk with Ines' conversation open and escalated, by keys."""
    mika = visit("mika")
    mika.goto()
    mika.sees("Ines Okoro", mika.row("Ines Okoro"))
    mika.open("Ines Okoro")
    mika.press("Shift+E")
    mika.holds("document.activeElement.id === 'escalate-reason'")
    mika.write(WHY)
    mika.press("Control+Enter")
    mika.sees("Lena paged, then manager in", "#escalations")
    mika.holds("!document.querySelector('dialog[open]')")
    return mika


def test_an_executive_acknowledges_answers_and_decides_on_400_pixels(
    house: House, visit: Visit
) -> None:
    house.post(Person("ines.example", "Ines Okoro"), "@meridian.example your charger burnt.")
    mika = escalated(visit)
    elif_ = visit("elif", **PHONE)
    elif_.goto("/desk/escalations/")
    elif_.sees(WHY, elif_.row("Ines Okoro"))
    elif_.page.locator(elif_.row("Ines Okoro")).tap()
    elif_.sees("your charger burnt", "#messages")
    elif_.sees(WHY, "#escalations")
    assert not elif_.page.evaluate(OVERFLOW)

    began = time.monotonic()
    elif_.page.locator("#escalations .acknowledge").tap()
    mika.sees("Elif has it since", "#escalations")
    seen_after(began, "an acknowledgement from a phone")
    elif_.sees("Elif has it since", "#escalations")
    assert not elif_.page.locator("#escalations .acknowledge").is_visible()

    elif_.answer(ANSWER)
    elif_.sees("delivered", "#messages .ours")
    assert len(house.ours(ANSWER)) == 1

    elif_.page.get_by_role("button", name="Decide").tap()
    elif_.holds("document.activeElement.id === 'decide-text'")
    elif_.write(DECISION)
    began = time.monotonic()
    elif_.press("Control+Enter")
    mika.sees(f"Elif decided: {DECISION}", "#messages")
    seen_after(began, "a decision")
    mika.page.locator("#escalations section").wait_for(state="detached")
    assert elif_.page.locator(elif_.row("Ines Okoro")).count() <= 1


def test_a_lead_acknowledges_by_one_key_and_an_agent_is_not_offered_it(
    house: House, visit: Visit
) -> None:
    house.post(Person("piet.example", "Piet Aalders"), "@meridian.example may we film at yours?")
    mika = visit("mika")
    mika.goto()
    mika.sees("Piet Aalders", mika.row("Piet Aalders"))
    mika.open("Piet Aalders")
    mika.press("Shift+E")
    mika.holds("document.activeElement.id === 'escalate-reason'")
    mika.tab_to("here.name === 'kind'", key="Shift+Tab")
    mika.press("ArrowRight")
    mika.tab_to("here.id === 'escalate-reason'")
    mika.write("A film crew, if we are quick.")
    mika.press("Control+Enter")
    mika.sees("Opportunity", "#escalations h3")
    assert mika.page.locator("#escalations .acts").count() == 0

    lena = visit("lena")
    lena.goto()
    lena.press("g", "e")
    lena.sees("A film crew", lena.row("Piet Aalders"))
    lena.open("Piet Aalders")
    lena.press("Shift+A")
    lena.sees("Lena has it since", "#escalations")
    mika.sees("Lena has it since", "#escalations")
