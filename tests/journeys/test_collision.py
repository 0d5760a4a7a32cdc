"""Two colleagues, one conversation: who reads and writes, taking over, and never the same next."""

from __future__ import annotations

import sys
import time

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import UNDO_SECONDS, House, until
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

OPEN = "document.querySelector('[data-open-conversation]')?.dataset.openConversation ?? ''"
SILENT = 25_000  # ms; who only falls silent is there for longer
READ_ONLY = "document.querySelector('#answer').readOnly"


def badge(visitor: Visitor, name: str) -> str:
    return f"{visitor.row(name)} [data-watchers]"


def both_open(visit: Visit, name: str) -> tuple[Visitor, Visitor]:
    """Mika and Ben, each with the conversation of this person open."""
    mika, ben = visit("mika"), visit("ben")
    for colleague in (mika, ben):
        colleague.goto()
        colleague.sees(name, colleague.row(name))
        colleague.open(name)
    return mika, ben


def test_who_reads_and_who_writes_is_seen_in_list_and_conversation(
    house: House, visit: Visit
) -> None:
    house.post(Person("edda.example", "Edda Moreau"), "@meridian.example is my booking gone?")
    mika, ben = visit("mika"), visit("ben")
    for colleague in (mika, ben):
        colleague.goto()
        colleague.sees("Edda Moreau", colleague.row("Edda Moreau"))
    ben.open("Edda Moreau")
    mika.sees("Ben is reading", badge(mika, "Edda Moreau"))
    ben.press("r")
    began = time.monotonic()
    ben.write("H")
    mika.sees("Ben is writing", badge(mika, "Edda Moreau"))
    took = time.monotonic() - began
    sys.stdout.write(f"\npresence: a key is seen by a colleague after {took:.2f} s\n")
    mika.open("Edda Moreau")
    mika.sees("Ben is writing", "#head [data-watchers]")
    ben.sees("Mika is reading", "#head [data-watchers]")
    ben.page.close()
    mika.page.locator("#head [data-watchers]").wait_for(state="hidden", timeout=SILENT)
    assert not mika.page.locator(badge(mika, "Edda Moreau")).is_visible()


def test_the_second_writer_waits_and_takes_over_by_keys_after_a_question(
    house: House, visit: Visit
) -> None:
    house.post(Person("nils.example", "Nils Berg"), "@meridian.example may I bring skis?")
    mika, ben = both_open(visit, "Nils Berg")
    mika.press("r")
    mika.write("Hello Nils, skis fly")
    ben.sees("Mika is writing here", "[data-lock]")
    ben.holds(READ_ONLY)
    ben.press("r")
    ben.write("this goes nowhere")
    ben.press("Control+Enter")
    assert ben.written == ""
    ben.press("Escape", "n")  # a note is free
    ben.holds(f"!({READ_ONLY})")
    ben.press("Escape", "r")
    ben.holds(READ_ONLY)

    ben.press("Escape", "Shift+R")
    ben.page.locator("#take-over[open]").wait_for()
    ben.press("Enter")
    ben.holds(f"!({READ_ONLY}) && document.activeElement.id === 'answer'")
    ben.write("Hello Nils, yes, skis fly for free. /Ben")
    mika.sees("Ben took over from you. Your text is kept.", "[data-lock]")
    mika.holds(READ_ONLY)
    mika.sees("Ben took over writing from Mika", "#messages")
    assert mika.written == "Hello Nils, skis fly"
    ben.send()
    ben.sees("skis fly for free", "#messages .ours")
    mika.holds(f"!({READ_ONLY})")  # sent: the lock is free, and the draft is still there
    assert mika.written == "Hello Nils, skis fly"
    assert until(lambda: (mika.written,) in house.asked("SELECT body FROM replies_draft"))
    mika.press("r")
    mika.read_again()
    mika.sees("Ben has answered this already", "#reread")


def test_leaving_or_emptying_the_field_frees_the_lock(house: House, visit: Visit) -> None:
    house.post(Person("paula.example", "Paula Lima"), "@meridian.example when do you land?")
    mika, ben = both_open(visit, "Paula Lima")
    mika.press("r")
    mika.write("H")
    ben.holds(READ_ONLY)
    mika.press("Backspace")
    ben.holds(f"!({READ_ONLY})")
    mika.write("Hello")
    ben.holds(READ_ONLY)
    mika.goto("/desk/contacts/")
    ben.holds(f"!({READ_ONLY})")
    assert until(lambda: house.asked("SELECT count(*) FROM presence_writinglock") == [(0,)])


def test_after_a_lost_line_everything_about_presence_is_told_anew(
    house: House, visit: Visit
) -> None:
    house.post(Person("otto.example", "Otto Falk"), "@meridian.example is there wifi?")
    mika, ben = both_open(visit, "Otto Falk")
    mika.sees("Ben is reading", "#head [data-watchers]")
    mika.outage = ben.outage = True
    killed = house.kill("live")
    until(lambda: house.process("live") not in {0, killed})
    assert until(house.is_ready)
    ben.press("r")
    ben.write("Hello Otto")
    mika.sees("Ben is writing", "#head [data-watchers]")


def only_these_wait_with_nobody(house: House, lena: Visitor, names: tuple[str, ...]) -> None:
    """Let these write; everybody else goes to Lena."""
    lena.goto()
    for name in names:
        handle = name.split()[0].lower()
        house.post(Person(f"{handle}.example", name), "@meridian.example a question")
        lena.sees(name, lena.row(name))
    mine = "SELECT count(*) FROM conversations_conversation WHERE assignee_id IS NULL"
    for _ in range(len(house.asked("SELECT id FROM conversations_conversation"))):
        if house.asked(mine + " AND waiting_since IS NOT NULL") == [(len(names),)]:
            break
        before = lena.page.evaluate(OPEN)
        lena.press("Shift+N")
        lena.holds(f"({OPEN}) !== {before!r}")  # pressed twice, she would take one of these too


def test_next_gives_two_colleagues_two_and_send_and_next_goes_on_without_a_mouse(
    house: House, visit: Visit
) -> None:
    only_these_wait_with_nobody(house, visit("lena"), ("Vera Sol", "Yuki Mori", "Zoe Hart"))
    mika, ben = visit("mika"), visit("ben")
    for colleague in (mika, ben):
        colleague.goto()
    mika.press("Shift+N")
    mika.sees("Vera Sol", "#head h2")
    ben.press("Shift+N")
    ben.sees("Yuki Mori", "#head h2")
    assert "/desk/c/" in mika.page.url
    mika.holds("document.querySelector('a.row[aria-current]')?.textContent.includes('Vera Sol')")

    patient = "UPDATE channels_channel SET undo_seconds = %s RETURNING undo_seconds"
    assert house.asked(patient, 60) == [(60,)]
    mika.press("r")
    mika.write("Hello Vera. /Mika")
    mika.read_again()
    mika.press("Control+Shift+Enter")
    mika.sees("Zoe Hart", "#head h2")
    mika.sees("yours", "#head small")
    mika.press("z")
    mika.sees("Vera Sol", "#head h2")
    mika.holds("document.querySelector('#answer').value === 'Hello Vera. /Mika'")
    mika.press("r")
    mika.read_again()
    mika.press("Control+Shift+Enter")
    mika.sees("Nobody else waits", "#conversation")
    ben.press("Shift+N")
    ben.sees("Nobody else waits", "#conversation")
    assert house.asked(patient, UNDO_SECONDS) == [(UNDO_SECONDS,)]
