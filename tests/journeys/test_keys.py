"""What one does with a conversation, by keys: note, colleague, topic, palette, sheet, search."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

KEYS = """[...document.querySelectorAll('[data-hotkey], [data-hotkey-shown]')]
    .filter((e) => !e.closest('[inert], dialog'))
    .map((e) => (e.dataset.hotkeyShown ?? e.dataset.hotkey.split(',')[0]))"""
SHOWN = """[...document.querySelectorAll('#sheet dd')].map((e) =>
    [...e.querySelectorAll('kbd')].map((cap) => cap.textContent).join(' '))"""
CAPS = {"Mod+": "Ctrl ", "Shift+": "⇧ ", "Enter": "↵", "Ctrl k": "Ctrl K"}


@pytest.fixture
def mika(house: House, visit: Visit) -> Visitor:
    """Mika, with Pilar's conversation open."""
    visitor = visit("mika")
    visitor.goto()
    if not house.asked("SELECT 1 FROM contacts_contact WHERE name = 'Pilar Rey'"):
        house.post(Person("pilar.example", "Pilar Rey"), "@meridian.example my bag is torn")
    visitor.sees("Pilar Rey", visitor.row("Pilar Rey"))
    visitor.open("Pilar Rey")
    return visitor


def cap(combo: str) -> str:
    """How the key cap of such a combination reads."""
    for part, read in CAPS.items():
        combo = combo.replace(part, read)
    return combo


def choose(visitor: Visitor, key: str, words: str) -> None:
    visitor.press(key)
    visitor.page.locator("dialog[open]").wait_for()
    visitor.write(words)
    visitor.press("Enter")
    visitor.page.locator("dialog[open]").wait_for(state="detached")
    visitor.holds("!document.activeElement.closest('dialog')")


def test_take_note_topic_and_colleague(mika: Visitor, house: House) -> None:
    mika.press("i")
    mika.sees("yours", "#head small")
    mika.press("n")
    mika.write("Photo of the bag asked for by mail")
    mika.press("Control+Enter")
    mika.sees("Photo of the bag asked for by mail", "#messages .note")
    mika.holds("document.querySelector('#answer').value === ''")
    choose(mika, "t", "bagg")
    mika.sees("Baggage", "#head small")
    choose(mika, "a", "ben")
    mika.sees("with Ben", "#head small")
    mika.sees("Mika gave it to Ben", "#messages")
    assert house.ours("Photo of the bag asked for by mail") == [], "a note never leaves the house"


def test_a_picker_in_use_stays_when_an_earlier_request_comes_back(
    house: House, visit: Visit
) -> None:
    house.post(Person("olga.example", "Olga Brandt"), "@meridian.example my coat is gone")
    mika = visit("mika")
    mika.goto("/desk/?text=Olga+Brandt")
    mika.sees("Olga Brandt", mika.row("Olga Brandt"))
    mika.open("Olga Brandt")
    held: list[Route] = []
    # A built-in as such cannot be given.
    mika.page.route("**/send/", lambda route: held.append(route))  # noqa: PLW0108
    mika.press("n")
    mika.write("One for Ben.")
    mika.press("Control+Enter", "Escape", "a")
    mika.page.locator("#pick-assign[open]").wait_for()
    mika.write("be")
    held.pop().continue_()
    mika.holds("document.querySelector('#answer').value === ''")
    mika.sees("One for Ben.", "#messages .note")
    mika.write("n")
    mika.press("Enter")
    mika.sees("with Ben", "#head small")
    assert not held, "what was written went out once"


@pytest.mark.parametrize(
    ("who", "key", "field"),
    [("Nora Lind", "h", "#snooze-until"), ("Petra Vos", "Shift+E", "#escalate-reason")],
)
def test_a_dialog_one_writes_in_stays_when_an_earlier_request_comes_back(
    house: House, visit: Visit, who: str, key: str, field: str
) -> None:
    handle = f"{who.split(maxsplit=1)[0].lower()}.example"
    house.post(Person(handle, who), "@meridian.example my scarf is gone")
    mika = visit("mika")
    mika.goto(f"/desk/?text={who.replace(' ', '+')}")
    mika.sees(who, mika.row(who))
    mika.open(who)
    held: list[Route] = []
    # A built-in as such cannot be given.
    mika.page.route("**/send/", lambda route: held.append(route))  # noqa: PLW0108
    mika.press("n")
    mika.write("Seen.")
    mika.press("Control+Enter", "Escape", key)
    mika.page.locator(field).fill("tomorrow")
    held.pop().continue_()
    mika.holds("document.querySelector('#answer').value === ''")
    mika.sees("Seen.", "#messages .note")
    assert mika.page.locator(f"dialog[open] {field}").input_value() == "tomorrow"


def test_the_palette_runs_commands_and_goes_to_a_conversation(mika: Visitor) -> None:
    opened = mika.page.url
    mika.press("g", "m")
    mika.page.wait_for_url("**/desk/?view=mine")
    mika.holds("document.querySelector('[aria-keyshortcuts]') !== null")
    mika.press("Control+k")
    mika.write("pilar")
    mika.page.locator("#palette-options li[data-href*='/desk/c/']:has-text('Pilar')").wait_for()
    while "Pilar" not in mika.page.locator("#palette-options [aria-selected=true]").inner_text():
        mika.press("ArrowDown")
    mika.press("Enter")
    mika.sees("my bag is torn", "#messages")
    assert mika.page.url.split("?")[0] == opened.split("?")[0]
    mika.press("Control+k")
    mika.write("light or dark")
    mika.sees("Light or dark", "#palette-options [aria-selected=true]")
    mika.press("Enter")
    mika.holds("document.documentElement.dataset.theme === 'dark'")
    mika.holds("!document.activeElement.closest('dialog')")
    mika.press("d")
    mika.holds("document.documentElement.dataset.theme === 'light'")


def test_the_sheet_lists_exactly_the_keys_of_the_page(mika: Visitor) -> None:
    mika.press("?")
    mika.page.locator("#sheet dl").first.wait_for()
    declared = {"j", "k", "o"}
    wanted = {cap(key) for key in mika.page.evaluate(KEYS)}
    assert set(mika.page.evaluate(SHOWN)) == wanted | declared
    assert {"r", "n", "a", "t", "e", "/", "?", "g i", "Ctrl K"} <= wanted
    mika.leave_dialog()
    assert not mika.page.locator("#sheet").is_visible()


def test_search_finds_what_was_said_and_opens_it(mika: Visitor) -> None:
    mika.press("/")
    mika.write("torn")
    mika.press("Enter")
    mika.page.wait_for_url("**/desk/search/?q=torn")
    mika.sees("my bag is torn", ".results li")
    mika.holds("document.querySelector('a.row[tabindex=\"0\"]') !== null")
    mika.press("j", "Enter")
    mika.page.wait_for_url("**/desk/c/*/*")
    mika.sees("my bag is torn", "#messages")
    assert mika.page.title() == "Pilar Rey · Harken"


def test_a_person_signs_in_changes_a_setting_and_signs_out(visit: Visit) -> None:
    # Signing in stores the password anew, which ends every other session of that person; so this
    # one is nobody of the other journeys.
    vic = visit("")
    vic.page.goto(vic.house.url + "/desk/")
    vic.page.wait_for_url("**/accounts/login/?next=/desk/")
    vic.tab_to("here.name === 'login'")
    vic.write("vic")
    vic.press("Tab")
    vic.write("secret-vic")
    vic.press("Enter")
    vic.page.wait_for_url(f"{vic.house.url}/desk/**")
    vic.goto("/desk/me/")
    vic.tab_to("here.value === 'on'")
    vic.press("ArrowDown", "Enter")
    vic.holds("document.documentElement.dataset.keys === 'off'")
    vic.goto("/desk/me/")
    vic.tab_to("here.textContent.trim() === 'Sign out'")
    vic.outage = True  # what the leaving page still asks for is refused (401)
    vic.press("Enter")
    vic.page.wait_for_url(f"{vic.house.url}/accounts/login/**")
    vic.page.goto(vic.house.url + "/desk/")
    assert "/accounts/login/" in vic.page.url, "the door is locked behind them"
