"""The composer: nothing typed is lost, nothing goes out by accident, nothing goes out twice."""

from __future__ import annotations

from tests.web.theme.stage import until

ANSWER, DRAFT, PREVIEW = "/desk/c/2/answer/", "/desk/c/2/draft/", "/desk/c/2/preview/"

# All that the counter ever says: the server's word may follow before anybody looks.
COUNTED = """() => {
  const counter = document.querySelector("[data-counter]");
  window.counted = [];
  new MutationObserver(() => window.counted.push(counter.textContent.trim()))
    .observe(counter, { childList: true, subtree: true, characterData: true });
}"""


def write(page, text):
    page.locator("#answer").click()
    page.keyboard.type(text)


def test_plain_enter_writes_a_line_and_ctrl_enter_goes_on(desk, stage):
    write(desk, "Dear Amara,")
    desk.keyboard.press("Enter")
    desk.keyboard.type("we found it.")
    assert stage.posts(ANSWER) == []
    desk.keyboard.press("Control+Enter")
    assert until(lambda: stage.posts(ANSWER))
    [sent] = stage.posts(ANSWER)
    assert sent["text"] == "Dear Amara,\nwe found it."
    assert sent["kind"] == "public"


def test_the_key_is_renewed_only_when_the_answer_is_taken(desk, stage):
    key = desk.locator("[name=client_key]").input_value()
    write(desk, "Dear Amara")
    stage.answer_status = 500
    desk.keyboard.press("Control+Enter")
    desk.wait_for_selector(".toast.stop:has-text('could not do that')")
    assert desk.locator("#answer").input_value() == "Dear Amara"
    assert desk.locator("[name=client_key]").input_value() == key
    stage.answer_status = 200
    desk.keyboard.press("Control+Enter")
    assert until(lambda: desk.locator("#answer").input_value() == "")
    assert [sent["client_key"] for sent in stage.posts(ANSWER)] == [key, key]
    assert desk.locator("[name=client_key]").input_value() != key


def test_a_draft_survives_a_tab_that_dies(desk, person, stage):
    write(desk, "Dear Amara, half a sent")
    assert until(lambda: desk.evaluate("localStorage.getItem('harken.draft.7.2')"))
    desk.close()
    again = person.new_page()
    again.goto("/desk/")
    assert until(lambda: again.locator("#answer").input_value() == "Dear Amara, half a sent")
    assert "Brought back from this browser" in again.locator("[data-draft-line]").inner_text()


def test_a_draft_reaches_the_server_within_two_seconds_and_a_bit(desk, stage):
    write(desk, "Dear Amara")
    assert until(lambda: stage.posts(DRAFT))
    assert stage.posts(DRAFT)[-1]["text"] == "Dear Amara"
    assert until(lambda: "Saved" in desk.locator("[data-draft-line]").inner_text())


def test_the_counter_is_instant_and_the_server_has_the_last_word(desk, stage):
    desk.evaluate(COUNTED)
    write(desk, "👩‍👩‍👧 hi")
    assert until(lambda: "296 left" in desk.evaluate("counted")), "a family is one grapheme"
    assert until(lambda: desk.locator("[data-preview]").inner_text() == "seen")
    assert until(lambda: desk.locator("[data-counter]").inner_text() == "292 left")
    desk.locator("#answer").fill("x" * 312)
    assert until(lambda: desk.locator("[data-counter]").inner_text() == "12 too many")


def test_escape_leaves_the_text_and_keeps_it(desk):
    write(desk, "Dear Amara")
    desk.keyboard.press("Escape")
    assert desk.evaluate("document.activeElement === document.body")
    assert desk.locator("#answer").input_value() == "Dear Amara"
    desk.keyboard.press("p")
    assert desk.locator("[name=kind][value=private]").is_checked()
    assert desk.evaluate("document.activeElement.id") == "answer"


def test_without_a_network_the_text_stays_and_one_can_try_again(desk, person, stage):
    write(desk, "Dear Amara")
    key = desk.locator("[name=client_key]").input_value()
    person.set_offline(True)
    desk.keyboard.press("Control+Enter")
    desk.wait_for_selector("[data-notice] .banner:has-text('kept here')")
    assert desk.locator("#answer").input_value() == "Dear Amara"
    person.set_offline(False)
    desk.locator("[data-notice] button").click()
    assert until(lambda: [sent["client_key"] for sent in stage.posts(ANSWER)] == [key])
    assert until(lambda: desk.locator("#answer").input_value() == "")
    person.said.clear()  # the browser itself reports that it was offline


def test_opening_another_conversation_sends_the_last_words_first(desk, stage):
    write(desk, "Dear Amara")
    desk.locator("[data-row='3'] a.row").click()
    desk.wait_for_selector("[data-open-conversation='3']")
    assert until(lambda: [draft["text"] for draft in stage.posts(DRAFT)] == ["Dear Amara"])
