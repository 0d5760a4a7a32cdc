"""Keys, the list, the sheet, the palette, the colours: in a real browser, under the real policy."""

from __future__ import annotations

from tests.web.theme.stage import until

FOCUSED_ROW = "document.activeElement.closest('[data-row]')?.dataset.row"


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_j_and_k_walk_the_list_and_o_opens_a_conversation(desk, stage):
    press(desk, "j")
    assert desk.evaluate(FOCUSED_ROW) == "2", "the first press shows where one stands"
    press(desk, "j", "j", "k")
    assert desk.evaluate(FOCUSED_ROW) == "3"
    press(desk, "o")
    desk.wait_for_selector("[data-open-conversation='3']")
    assert desk.locator("a.row[aria-current]").count() == 1
    assert desk.locator("[data-row='3'] a.row[aria-current]").count() == 1
    assert desk.evaluate(FOCUSED_ROW) == "3", "the keys go on from the opened row"
    assert desk.url.endswith("/desk/c/3/")


def test_the_list_is_one_tab_stop(desk):
    press(desk, "j", "ArrowDown", "End")
    assert desk.locator("a.row[tabindex='0']").count() == 1
    assert desk.evaluate(FOCUSED_ROW) == "6"


def test_letters_typed_into_a_field_stay_letters(desk):
    desk.locator("#answer").click()
    desk.keyboard.type("join d? ok")
    assert desk.locator("#answer").input_value() == "join d? ok"
    assert desk.evaluate("document.documentElement.dataset.theme") == "light"


def test_single_keys_rest_when_the_person_switched_them_off(person):
    page = person.new_page()
    page.goto("/desk/?keys=off")
    page.wait_for_selector("[aria-keyshortcuts]")
    press(page, "j", "d", "?")
    assert page.evaluate(FOCUSED_ROW) is None
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    press(page, "Control+k")
    assert page.locator("#palette").is_visible(), "combinations with Ctrl still work"


def test_the_sheet_lists_the_keys_of_the_page_and_only_those(desk):
    press(desk, "?")
    sheet = desk.locator("#sheet")
    assert sheet.is_visible()
    words = sheet.inner_text()
    for line in ("Assign", "Next row", "Mine", "Search", "Go on with the answer"):
        assert line in words
    assert "Escalate" not in words
    press(desk, "j")
    assert desk.evaluate(FOCUSED_ROW) is None, "keys rest while a dialog is open"
    press(desk, "Escape")
    assert not sheet.is_visible()


def test_two_letters_go_to_a_view(desk, stage):
    press(desk, "g", "m")
    desk.wait_for_url("**/desk/?view=mine")
    assert ("GET", "/desk/", {"view": "mine"}) in stage.asked


def test_letters_are_found_by_their_place_on_a_keyboard_without_latin_letters(desk):
    desk.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'в', code: 'KeyD', bubbles: true, cancelable: true}))"
    )
    assert desk.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_palette_finds_commands_of_the_page_and_people_of_the_server(desk, stage):
    desk.locator("#answer").click()
    press(desk, "Control+k")
    desk.keyboard.type("assi")
    desk.wait_for_selector("#palette-options li:has-text('Amara Okafor assi')")
    assert "Assign" in desk.locator("#palette-options").inner_text()
    desk.locator("[data-palette-input]").fill("light or dark")
    desk.wait_for_selector("#palette-options [aria-selected=true]:has-text('Light or dark')")
    press(desk, "Enter")
    assert desk.evaluate("document.documentElement.dataset.theme") == "dark"
    assert not desk.locator("#palette").is_visible()
    press(desk, "Control+k")
    desk.locator("[data-palette-input]").fill("zzz")
    desk.wait_for_selector("#palette-options [aria-selected=true]:has-text('Okafor zzz')")
    press(desk, "Enter")
    desk.wait_for_url("**/desk/?found=1")


def test_d_turns_the_lights_off_and_the_server_remembers(desk, stage):
    press(desk, "d")
    assert desk.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 21, 24)"
    assert until(lambda: stage.posts("/desk/theme/")) == [{"theme": "dark"}]


def test_a_phone_shows_the_list_then_the_conversation_and_back(person):
    page = person.new_page()
    page.set_viewport_size({"width": 400, "height": 860})
    page.goto("/desk/")
    assert not page.locator("#main").is_visible()
    page.locator("[data-row='3'] a.row").click()
    page.wait_for_selector("[data-open-conversation='3']")
    assert not page.locator(".list").is_visible()
    page.locator("[data-back]").click()
    assert page.locator(".list").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
