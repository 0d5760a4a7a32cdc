"""From the public to a private talk on a customer's phone, and back into the public."""

from __future__ import annotations

import re

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House
from tests.journeys.test_accessibility import at_rest, findings
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

RELATED = "SELECT count(*) FROM replies_reply WHERE body LIKE %s"


def invited(house: House, mika: Visitor, name: str) -> str:
    """Mika sends a customer the link to a private talk; the link."""
    mika.goto(f"/desk/?text={name.replace(' ', '+')}")  # the house is shared
    mika.sees(name, mika.row(name))
    mika.open(name)
    mika.press("p")
    mika.holds("document.querySelector('#answer').value.includes('/private/')")
    found = re.search(r"http://\S+/private/\S+", mika.written)
    assert found
    mika.press("r")
    mika.send()
    mika.sees("delivered", "#messages .ours")
    mika.sees("not opened yet", ".private-side")
    assert len(house.ours(mika_said(house, found[0]))) == 1
    return found[0]


def mika_said(house: House, link: str) -> str:
    """The whole public answer that carries this link."""
    ((text,),) = house.asked("SELECT body FROM replies_reply WHERE body LIKE %s", f"%{link}")
    return str(text)


def test_public_to_private_and_back_with_a_customer_on_a_phone(house: House, visit: Visit) -> None:
    house.post(Person("runa.example", "Runa Holt"), "@meridian.example my frame has a scratch")
    mika = visit("mika")
    link = invited(house, mika, "Runa Holt")

    runa = visit("", **at_rest("light", 400))
    runa.page.goto(link)
    found = findings(runa, "the door")
    runa.page.get_by_role("button", name="Talk in private").press("Enter")
    runa.page.locator("#text").fill("It is order 4711, and my name is Runa.")
    runa.press("Control+Enter")
    runa.sees("order 4711", ".bubble")
    found += findings(runa, "the talk")

    mika.sees("order 4711", "#messages .in-private")
    mika.sees("ask for their word", ".private-side")
    said_in_private(mika)
    runa.sees("a new one today", ".bubble.ours")
    assert "some day" not in runa.page.content()
    assert house.asked(RELATED, "%new one today%") == [(0,)]

    mika.outage = True  # the browser notes the refusal (409) on its console
    mika.sees("so it stays open", ".private-side .owes")
    mika.page.locator("#messages").focus()
    mika.press("e")
    mika.sees("Answer in public first", "#toasts")

    found += called_back(mika, runa)
    mika.page.locator(".private-side button", has_text="Answer in public").press("Enter")
    mika.write("Runa, thank you for telling us; a new frame is on its way to you today. /Mika")
    mika.send()
    mika.sees("is on its way to you today", "#messages .ours")
    mika.page.locator(".private-side .owes").wait_for(state="detached")
    assert found == []
    assert refused(visit, link) == []


def said_in_private(mika: Visitor) -> None:
    """Mika writes in private, takes it back with one key, and writes something better."""
    mika.press("Shift+P")
    mika.write("Thank you. We send you another one some day. /Mika")
    mika.send()
    mika.sees("goes out in", "#messages .in-private .ours")
    mika.press("z")
    mika.sees("they never saw it", "#toasts")
    mika.holds("document.querySelector('#answer').value.includes('some day')")
    assert mika.page.locator(".tab.private input").is_checked()
    mika.press("Shift+P", "Control+a")
    mika.write("Thank you. We send you a new one today. /Mika")
    mika.send()
    mika.sees("goes out in", "#messages .in-private .ours")


def called_back(mika: Visitor, runa: Visitor) -> list[str]:
    """The customer asks for a call, and gets it; what axe says of the form."""
    runa.page.locator("#call summary").press("Enter")
    runa.page.locator("#field-number").fill("+31 20 794 0815")
    found = findings(runa, "asking for a call")
    runa.press("Enter")
    runa.sees("We call you by", "#call")
    mika.sees("+31 20 794 0815", ".private-side .call")

    mika.page.locator(".private-side button", has_text="Reached them").press("Enter")
    mika.page.locator(".private-side .call").wait_for(state="detached")
    return found


def refused(visit: Visit, link: str) -> list[str]:
    """Another browser with the same link; what axe says of the page it gets."""
    other = visit("", **at_rest("dark", 400))
    other.outage = True  # the browser notes the 404
    other.page.goto(link)
    other.sees("This link does not open")
    assert "Meridian" not in other.page.content()
    return findings(other, "the calm page")
