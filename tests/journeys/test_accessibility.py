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
AXE, AXE_IS_THERE = Axe(), Axe("undefined")  # its script is half a megabyte: once a document
GROUND = "getComputedStyle(document.body).backgroundColor"
PAGES = {
    "inbox": "/desk/?view=all",
    "search": "/desk/search/?q=window",
    "contacts": "/desk/contacts/",
    "contact": "/desk/contacts/{contact}/",
    "narrowed inbox": "/desk/?view=all&priority=normal&sort=hot",
    "saved views": "/desk/views/",
    "recent changes": "/desk/changes/",
    "my settings": "/desk/me/",
    "notifications": "/desk/notifications/",
    "what reaches you": "/desk/me/notifications/",
    "channels": "/manage/channels/",
    "new channel": "/manage/channels/new/",
    "rules": "/manage/rules/",
    "new rule": "/manage/rules/new/",
    "monitors": "/manage/listening/",
    "new monitor": "/manage/listening/new/",
    "sources": "/manage/listening/sources/",
    "new source": "/manage/listening/sources/new/",
    "form of a source": "/manage/listening/sources/new/mastodon-hashtag/",
    "trends": "/manage/trends/?span=week",
    "escalation settings": "/manage/escalation/",
    "day report": "/manage/reports/day/",
    "rows of the day": "/manage/reports/day/turns/?what=received",
    "topics": "/manage/topics/",
    "new topic": "/manage/topics/new/",
    "teams": "/manage/teams/",
    "checks": "/manage/checks/",
    "approvals": "/desk/approvals/",
    "in one's voice": "/desk/voice/",
    "a new approval rule": "/manage/approvals/?rule=new",
    "no owner": "/desk/?view=unowned",
    "call-backs": "/desk/call-backs/",
    "follow-ups": "/desk/followups/?of=all",
    "mentions": "/desk/mentions/",
}


def at_rest(theme: str, width: int) -> dict[str, object]:
    """A browser's look in which nothing keeps moving: the ring of a late promise beats else."""
    viewport = {"width": width, "height": 900}
    return {"viewport": viewport, "color_scheme": theme, "reduced_motion": "reduce"}


def findings(visitor: Visitor, where: str) -> list[str]:
    """What axe calls serious or critical on the page as it stands, and sideways scrolling."""
    visitor.holds(STILL)
    axe = AXE_IS_THERE if visitor.page.evaluate("'axe' in window") else AXE
    found = [
        f"{where}: {each['id']} {each['nodes'][0]['html'][:120]}"
        for each in axe.run(visitor.page).response["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
    return found + ([f"{where}: scrolls sideways"] if visitor.page.evaluate(OVERFLOW) else [])


def in_both_themes(visitor: Visitor, where: str) -> list[str]:
    """What `findings` says in the light and in the dark, of one and the same document.

    The themes are two sets of colours for the same page, so it is not opened a second time.
    """
    found, grounds = [], set()
    for theme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found += findings(visitor, f"{where}, {theme}")
        grounds.add(visitor.page.evaluate(GROUND))
    assert len(grounds) == 2, f"{where}: both themes are {grounds}"
    return found


def conversation_findings(visitor: Visitor, conversation: int) -> list[str]:
    """An open conversation with an answered banner, then its palette, sheet and picker."""
    visitor.goto(f"/desk/c/{conversation}/")
    visitor.press("r")
    visitor.write("The window seat is yours, Hanna.")
    visitor.read_again()
    visitor.sees("Your text is kept", "#reread")
    found = findings(visitor, "an answer read again")
    visitor.press("Escape", "Escape")
    for key, dialog in [
        ("Control+k", "palette"),
        ("?", "sheet"),
        ("a", "pick-assign"),
        ("l", "pick-tag"),
        ("f", "narrow"),
        ("b", "bulk"),
        ("h", "snooze"),
        ("Shift+M", "merge"),
    ]:
        visitor.press(key)
        visitor.page.locator(f"#{dialog}[open] :is(dl, li, select, form)").first.wait_for()
        found += findings(visitor, dialog)
        visitor.leave_dialog()
    return found + escalation_findings(visitor, conversation)


def escalation_findings(visitor: Visitor, conversation: int) -> list[str]:
    """The same conversation as it is escalated and decided, and the board."""
    visitor.press("Shift+E")
    visitor.holds("document.activeElement.id === 'escalate-reason'")
    found = findings(visitor, "escalate")
    visitor.write("They have a lawyer.")
    visitor.press("Control+Enter")
    visitor.holds("!document.querySelector('dialog[open]')")
    visitor.sees("paged, then", "#escalations")
    visitor.page.locator("#escalations summary").first.click()
    found += findings(visitor, "escalated")
    visitor.press("Shift+D")
    visitor.holds("document.activeElement.id === 'decide-text'")
    found += findings(visitor, "decide")
    visitor.leave_dialog()
    visitor.goto("/desk/escalations/")
    found += findings(visitor, "board")
    # Left open it would be the executive's in two minutes: the next browser may come later.
    visitor.goto(f"/desk/c/{conversation}/")
    visitor.press("Shift+D")
    visitor.holds("document.activeElement.id === 'decide-text'")
    visitor.write("We answer it ourselves.")
    visitor.press("Control+Enter")
    visitor.page.locator("#escalations section").wait_for(state="detached")
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
def test_axe_finds_nothing_serious_on_a_page(
    visit: Visit, answered: tuple[int, int], width: int
) -> None:
    look = at_rest("light", width)
    maren = visit("maren", **look)
    found = []
    for name, path in PAGES.items():
        maren.goto(path.format(contact=answered[1]))
        found += in_both_themes(maren, name)
    maren.outage = True  # the missing page (404) is on the console
    maren.page.goto(maren.house.url + "/desk/c/999999/")
    found += in_both_themes(maren, "error page")
    nobody = visit("", **look)
    nobody.page.goto(nobody.house.url + "/accounts/login/")
    found += in_both_themes(nobody, "sign-in")
    assert found == []


@pytest.mark.parametrize("width", [400, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_conversation(
    visit: Visit, answered: tuple[int, int], theme: str, width: int
) -> None:
    maren = visit("maren", **at_rest(theme, width))
    maren.outage = True  # the refusal (409) is on the console
    assert conversation_findings(maren, answered[0]) == []
