"""Live events in real tabs: shown once, never missed, never under the pointer."""

from __future__ import annotations

from tests.web.theme.gallery import row
from tests.web.theme.stage import until

SEEN = """window.seen = [];
document.addEventListener('harken:event', ({detail}) => seen.push(detail.id))"""


def arrives(stage, number, left=5, name="Noor Haddad"):
    stage.rows[number] = row(number, name, "Is anybody there?", left, letter="B", network="Bluesky")
    stage.texts[number] = ["Is anybody there?"]
    stage.happen(number, "conversation_opened")


def listening(stage):
    return until(lambda: len(stage.streams) == 1)


def order(page):
    return page.evaluate("[...document.querySelectorAll('[data-row]')].map((r) => r.dataset.row)")


def test_a_new_conversation_takes_its_place_while_nobody_touches_the_list(desk, stage):
    assert listening(stage)
    desk.mouse.move(900, 300)
    arrives(stage, 20, left=45)
    desk.wait_for_selector("[data-row='20']")
    assert order(desk)[:4] == ["1", "2", "20", "3"]
    assert until(lambda: "1 new" in desk.locator("[data-say=polite]").inner_text())
    assert until(lambda: desk.locator("#pulse").inner_text().startswith("8"))


def test_the_list_never_jumps_under_the_pointer_and_shows_what_waits(desk, stage):
    assert listening(stage)
    desk.locator("[data-row='2']").hover()
    arrives(stage, 20)
    arrives(stage, 21)
    desk.wait_for_selector("[data-fresh]:not([hidden]):has-text('Show 2 new')")
    assert "20" not in order(desk)
    desk.mouse.move(900, 300)
    desk.keyboard.press(".")
    assert {"20", "21"} <= set(order(desk))
    assert not desk.locator("[data-fresh]").is_visible()


def test_a_changed_row_keeps_the_focus_and_the_mark(desk, stage):
    assert listening(stage)
    desk.keyboard.press("j")
    stage.rows[2]["excerpt"] = "Found it, thank you!"
    stage.happen(2)
    desk.wait_for_selector("[data-row='2']:has-text('Found it')")
    assert desk.evaluate("document.activeElement.closest('[data-row]').dataset.row") == "2"
    assert desk.locator("[data-row='2'] a[aria-current]").count() == 1


def test_a_row_that_left_the_view_goes_and_the_focus_goes_to_its_neighbour(desk, stage):
    assert listening(stage)
    del stage.rows[4]
    stage.happen(4, "conversation_closed")
    assert until(lambda: "4" not in order(desk))


def test_the_open_conversation_grows_and_the_composer_is_not_touched(desk, stage):
    assert listening(stage)
    desk.locator("[data-row='3'] a.row").click()
    desk.wait_for_selector("[data-open-conversation='3']")
    desk.locator("#answer").fill("Lieber Jonas, ")
    desk.evaluate("window.field = document.getElementById('answer')")
    stage.texts[3].append("Noch eine Frage!")
    stage.happen(3)
    desk.wait_for_selector("#messages:has-text('Noch eine Frage')")
    assert desk.locator("#answer").input_value() == "Lieber Jonas, "
    assert desk.evaluate("field === document.activeElement && field.isConnected")


def test_tabs_share_one_stream_and_each_sees_every_event_once(desk, person, stage):
    assert listening(stage)
    second = person.new_page()
    second.goto("/desk/")
    second.wait_for_selector("a.row[tabindex='0']")
    for page in (desk, second):
        page.evaluate(SEEN)
    for number in (1, 2, 3):
        stage.happen(number)
    for page in (desk, second):
        assert until(lambda page=page: page.evaluate("seen.length") == 3)
        assert page.evaluate("seen") == ["20-1", "20-2", "20-3"]
    assert len(stage.streams) == 1


def test_when_the_reading_tab_closes_another_goes_on_without_a_gap(person, stage):
    first = person.new_page()
    first.goto("/desk/")
    assert listening(stage)
    second = person.new_page()
    second.goto("/desk/")
    second.wait_for_selector("a.row[tabindex='0']")
    second.evaluate(SEEN)
    stage.happen(1)
    assert until(lambda: second.evaluate("seen.length") == 1)
    first.close()
    stage.happen(2)
    stage.happen(3)
    assert until(lambda: second.evaluate("seen.length") == 3)
    assert second.evaluate("seen") == ["20-1", "20-2", "20-3"]
    asked = [query for method, path, query in stage.asked if path == "/live"]
    assert asked[-1]["after"] == "20-1"


def test_a_tab_learns_what_happened_between_its_drawing_and_its_first_message(person, stage):
    first, other = person.new_page(), person.new_page()
    for page in (first, other):
        page.add_init_script(SEEN)
        page.goto("/desk/")
    assert listening(stage)
    stage.happen(1)
    stage.happen(2)
    assert until(lambda: other.evaluate("seen.length") == 2)
    second = person.new_page()
    second.add_init_script(SEEN)
    second.goto("/desk/")  # drawn at position 10-1, before both events
    assert until(lambda: second.evaluate("seen.length") == 2)
    for page in (first, other, second):
        assert page.evaluate("seen") == ["20-1", "20-2"], "what one tab asks for, none sees twice"


def test_nothing_is_missed_or_doubled_over_many_cut_lines(desk, stage):
    assert listening(stage)
    stage.overlap = 3  # the server repeats itself after a cut
    desk.evaluate(SEEN)
    for number in range(12):
        stage.happen(1 + number % 6)
        if number % 3 == 0:
            stage.cut()
    assert until(lambda: desk.evaluate("seen.length") >= 12)
    assert desk.evaluate("seen") == [f"20-{number}" for number in range(1, 13)]


def test_a_reset_draws_the_list_and_the_open_conversation_anew(desk, stage):
    assert listening(stage)
    desk.mouse.move(900, 300)
    del stage.rows[5]
    stage.rows[3]["excerpt"] = "Danke, hat sich erledigt."
    stage.texts[2].append("Hello? Anybody?")
    stage.happen(None, "reset")
    desk.wait_for_selector("[data-row='3']:has-text('erledigt')")
    assert "5" not in order(desk)
    desk.wait_for_selector("#messages:has-text('Anybody')")
    assert desk.locator("a.row[aria-current]").count() == 1


def test_a_lost_line_is_said_after_three_seconds_and_comes_back(desk, stage):
    assert listening(stage)
    stage.refuse_live = True
    stage.cut()
    assert not desk.locator("[data-lost]").is_visible()
    desk.wait_for_selector("[data-lost]:not([hidden])", timeout=30_000)
    stage.happen(3)
    desk.evaluate(SEEN)
    stage.refuse_live = False
    assert until(lambda: desk.evaluate("seen") == ["20-1"])
    assert not desk.locator("[data-lost]").is_visible()
