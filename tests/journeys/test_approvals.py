"""Approval with edit by two people, and an executive who answers from a phone."""

from __future__ import annotations

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
PHONE = {"viewport": {"width": 400, "height": 800}, "has_touch": True}
DRAFT = "Hello Thora, the helmet is recalled. /Mika"
BETTER = "Hello Thora, we take the helmet back today and send a new one. /Mika"
SIGNATURE = "— Elif Arslan, managing director"


def write_a_rule(visit: Visit) -> None:
    """Lena wants to read what many people will: nobody else of this house has such reach."""
    lena = visit("lena")
    lena.goto("/manage/approvals/?rule=new")
    lena.page.locator("#field-name").fill("Many read along")
    lena.page.locator("#field-followers_over").fill("900 000")
    lena.page.get_by_role("button", name="Add the rule").click()
    lena.sees("Saved: “Many read along”")
    assert not lena.page.evaluate(OVERFLOW)


def open_to_write(visitor: Visitor, name: str) -> None:
    visitor.goto(f"/desk/?text={name.replace(' ', '+')}")  # the house is shared
    visitor.sees(name, visitor.row(name))
    visitor.open(name)
    visitor.press("r")


def ask_for_approval(mika: Visitor) -> None:
    open_to_write(mika, "Thora Berg")
    mika.write(DRAFT)
    mika.read_again()
    mika.sees("Lena reads it before it leaves, because 1,200,000 people follow them", "#reread")
    mika.sees("Ask approval", "#reread")
    mika.press("Control+Enter")
    mika.sees("waits for approval", "#messages .ours")


def return_it(lena: Visitor) -> None:
    lena.goto("/desk/")
    lena.press("g", "a")
    lena.sees("Thora Berg", lena.row("Thora Berg"))
    lena.page.locator(lena.row("Thora Berg")).click()
    lena.page.locator("#words").wait_for()
    lena.press("b")
    lena.page.locator("#note").fill("Recalled is a word for the lawyers. Say what we do.")
    lena.page.get_by_role("button", name="Return it", exact=True).click()
    lena.sees("Returned with your note", "#conversation")


def write_it_anew(mika: Visitor) -> None:
    mika.goto("/desk/?text=Thora+Berg")
    mika.open("Thora Berg")
    mika.sees("a word for the lawyers", "#returned")
    assert mika.written == DRAFT
    mika.press("r")
    mika.press("Control+A")
    mika.write("Hello Thora, we take the helmet back. /Mika")
    mika.send()
    mika.sees("waits for approval", "#messages .ours")
    assert mika.page.locator("#returned section").count() == 0


def test_an_approver_returns_it_changes_it_and_lets_it_go(house: House, visit: Visit) -> None:
    write_a_rule(visit)
    thora = Person("thora.example", "Thora Berg", followers=1_200_000)
    house.post(thora, "@meridian.example is this helmet safe?")
    mika, lena = visit("mika"), visit("lena")
    ask_for_approval(mika)
    return_it(lena)
    assert house.ours(DRAFT) == []
    write_it_anew(mika)
    lena.goto("/desk/approvals/")
    lena.page.locator(lena.row("Thora Berg")).click()
    lena.page.locator("#words").fill(BETTER)
    lena.sees("today and send a new one", "#wording ins")
    lena.press("Control+Enter")
    lena.sees("Approved", "#conversation")
    mika.sees("delivered", "#messages .ours")
    mika.sees("changed and approved by Lena", "#messages .ours")
    assert len(house.ours(BETTER)) == 1
    digests = house.asked(
        "SELECT a.sha256, encode(sha256(convert_to(r.body, 'UTF8')), 'hex') "
        "FROM approvals_approval a JOIN replies_reply r ON r.id = a.reply_id "
        "WHERE a.decision = 'approved' AND r.body = %s",
        BETTER,
    )
    assert len(digests) == 1
    assert digests[0][0] == digests[0][1]


def give_elif_a_voice(maren: Visitor) -> None:
    maren.goto("/manage/approvals/")
    maren.page.locator(".voice [name=signature]").fill(SIGNATURE)
    maren.page.get_by_role("button", name="Save the voice").click()
    maren.sees("Only Elif speaks so from now on")


def draft_for_elif(mika: Visitor) -> None:
    open_to_write(mika, "Yara Lind")
    mika.write("Yara, this must not happen. I call you today.")
    mika.page.locator(".voices select").select_option(label="draft for Elif")
    mika.page.locator("#answer").focus()
    mika.read_again()
    mika.sees("only they can let it go", "#reread")
    mika.sees(SIGNATURE, "#reread .ours")
    mika.press("Control+Enter")
    mika.sees("waits for approval", "#messages .ours")


def approve_with_a_change(elif_: Visitor) -> None:
    elif_.goto("/desk/voice/")
    elif_.sees("drafted by Mika")
    assert not elif_.page.evaluate(OVERFLOW)
    elif_.page.get_by_role("link", name="Yara Lind").tap()
    elif_.page.locator("#words").wait_for()
    assert not elif_.page.evaluate(OVERFLOW)
    words = elif_.page.locator("#words")
    words.fill(words.input_value().replace("today", "at four"))
    elif_.sees("at four", "#wording ins")
    elif_.page.get_by_role("button", name="Approve").tap()
    elif_.sees("Approved", "#conversation")


def test_an_executive_approves_and_writes_on_400_pixels(house: House, visit: Visit) -> None:
    give_elif_a_voice(visit("maren"))
    house.post(Person("yara.example", "Yara Lind"), "@meridian.example my frame broke at speed.")
    house.post(Person("omri.example", "Omri Katz"), "@meridian.example who runs this company?")
    mika, elif_ = visit("mika"), visit("elif", **PHONE)
    draft_for_elif(mika)
    approve_with_a_change(elif_)
    said = f"Yara, this must not happen. I call you at four.\n{SIGNATURE}"
    mika.sees("drafted by Mika, changed and approved by Elif", "#messages .ours")
    mika.sees("delivered", "#messages .ours")
    assert len(house.ours(said)) == 1

    (row,) = house.asked(
        "SELECT id FROM conversations_conversation WHERE snippet LIKE %s", "%who runs this%"
    )
    elif_.goto(f"/desk/c/{row[0]}/")
    elif_.page.locator("#answer").fill("I do, Omri. Write to me whenever you like.")
    elif_.page.locator("#answer").focus()
    elif_.read_again()
    elif_.sees(SIGNATURE, "#reread .ours")
    assert not elif_.page.evaluate(OVERFLOW)
    elif_.press("Control+Enter")
    elif_.sees("delivered", "#messages .ours")
    assert len(house.ours(f"I do, Omri. Write to me whenever you like.\n{SIGNATURE}")) == 1
    # The house is shared, and elsewhere Elif writes as she likes.
    assert house.asked("UPDATE approvals_voice SET retired_at = now() RETURNING id")
