"""Axe looks at every screen of the running desk, in both themes and both widths."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from harken.connectors.loopback.wire import NewPost, Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
STILL = "document.getAnimations().every((each) => each.playState === 'finished')"
PAGES = {
    "inbox": "/desk/?view=all",
    "search": "/desk/search/?q=window",
    "contacts": "/desk/contacts/",
    "contact": "/desk/contacts/{contact}/",
    "my settings": "/desk/me/",
    "channels": "/manage/channels/",
    "new channel": "/manage/channels/new/",
}


def findings(visitor: Visitor, where: str) -> list[str]:
    """What axe calls serious or critical on the page as it stands, and sideways scrolling."""
    visitor.holds(STILL, 3)
    found = [
        f"{where}: {each['id']} {each['nodes'][0]['html'][:120]}"
        for each in Axe().run(visitor.page).response["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
    return found + ([f"{where}: scrolls sideways"] if visitor.page.evaluate(OVERFLOW) else [])


def conversation_findings(visitor: Visitor, conversation: int) -> list[str]:
    """An open conversation with an answered banner, then its palette, sheet and picker."""
    visitor.goto(f"/desk/c/{conversation}/")
    visitor.press("r")
    visitor.write("The window seat is yours, Hanna.")
    visitor.press("Control+Enter")
    visitor.sees("Your text is kept", "#notice")
    found = findings(visitor, "conversation with a banner")
    visitor.press("Escape")
    dialogs = {"Control+k": "palette", "?": "sheet", "a": "pick-assign"}
    for key, dialog in (dialogs | {"h": "snooze", "Shift+M": "merge"}).items():
        visitor.press(key)
        visitor.page.locator(f"#{dialog}[open] :is(dl, li, form)").first.wait_for()
        found += findings(visitor, dialog)
        visitor.leave_dialog()
    return found


@pytest.fixture(scope="module")
def answered(house: House) -> tuple[int, int]:
    """A conversation that a colleague has answered, and its contact."""
    hanna = Person("hanna.example", "Hanna Vogt")
    asked = house.post(hanna, "@meridian.example may I sit at the window?")
    us = house.network.person(Person("meridian.example"))
    house.network.write(us, NewPost("Of course, Hanna.", reply_to=asked.id))
    statement = (
        "SELECT c.id, c.contact_id FROM conversations_conversation c"
        " JOIN contacts_contact p ON p.id = c.contact_id"
        " WHERE p.name = 'Hanna Vogt' AND c.waiting_since IS NULL AND c.message_count = 2"
    )
    ((conversation, contact),) = until(lambda: house.asked(statement))
    return int(str(conversation)), int(str(contact))


@pytest.mark.parametrize("width", [400, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    visit: Visit, answered: tuple[int, int], theme: str, width: int
) -> None:
    conversation, contact = answered
    look = {"viewport": {"width": width, "height": 900}, "color_scheme": theme}
    lena = visit("lena", **look)
    found = []
    for name, path in PAGES.items():
        lena.goto(path.format(contact=contact))
        found += findings(lena, name)
    lena.outage = True  # the refusal (409) and the missing page (404) are on the console
    found += conversation_findings(lena, conversation)
    lena.page.goto(lena.house.url + "/desk/c/999999/")
    found += findings(lena, "error page")
    nobody = visit("", **look)
    nobody.page.goto(nobody.house.url + "/accounts/login/")
    found += findings(nobody, "sign-in")
    assert found == []
