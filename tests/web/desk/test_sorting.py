"""The popover that says why, and the word of a colleague that teaches."""

from __future__ import annotations

import pytest
from django.test import Client

from harken.domain.triage.models import Correction, Judgement
from harken.domain.triage.tasks import Triage
from harken.web.desk.sorting import marked
from tests.cast import Company

HTMX = {"HX-Request": "true"}


@pytest.fixture
def angry(receive):
    """A conversation that was judged."""
    conversation = receive("The courier is <b>rude</b>! My lawyer will call. Urgent, a real person")
    Triage().turn()
    return conversation


def test_the_popover_shows_answers_keys_and_the_words_that_led_to_them(mika: Client, angry) -> None:
    html = mika.get(f"/desk/c/{angry.pk}/", headers=HTMX).content.decode()
    assert 'data-open="sorted" ' in html or 'data-open="sorted"' in html
    assert "<mark>lawyer</mark>" in html
    assert "“lawyer”" in html
    assert 'data-hotkey="Shift+S"' in html
    assert "&lt;b&gt;" in html and "<b>rude" not in html
    assert "· threat" in html and "asks for a person" in html


def test_a_row_of_the_list_says_what_presses(mika: Client, angry) -> None:
    html = mika.get("/desk/?view=all").content.decode()
    for word in ("threat", "urgent", "asks for a person"):
        assert f"<bdi>{word}</bdi>" in html


def test_one_press_corrects_and_shows_it(company: Company, mika: Client, angry) -> None:
    answer = mika.post(
        f"/desk/c/{angry.pk}/sorted/", {"question": "stakes", "label": "none"}, headers=HTMX
    )
    assert answer.status_code == 200
    assert 'hx-target="#sorted-inside"' in answer.content.decode()
    assert Judgement.objects.get().stakes == "none"
    said = Correction.objects.get()
    assert (said.before, said.after, said.by) == ("threat", "none", company.mika)
    again = mika.get(f"/desk/c/{angry.pk}/", headers=HTMX).content.decode()
    assert "a colleague said so" in again
    assert "· threat" not in again


def test_saying_that_all_is_right_settles_what_nobody_said_yet(mika: Client, angry) -> None:
    address = f"/desk/c/{angry.pk}/sorted/"
    mika.post(address, {"question": "stakes", "label": "none"}, headers=HTMX)
    assert mika.post(address, {}, headers=HTMX).status_code == 200
    said = dict(Correction.objects.values_list("question", "after"))
    assert said["urgency"] == "urgent"
    assert said["stakes"] == "none"
    assert len(said) == Correction.objects.count() == 6


def test_nonsense_is_refused_and_an_unsorted_conversation_has_nothing_to_correct(
    mika: Client, angry, receive
) -> None:
    wrong = {"question": "stakes", "label": "sunny"}
    assert mika.post(f"/desk/c/{angry.pk}/sorted/", wrong, headers=HTMX).status_code == 422
    fresh = receive("Hello", by="bo")
    assert mika.post(f"/desk/c/{fresh.pk}/sorted/", {}, headers=HTMX).status_code == 404
    assert "Not sorted yet" in mika.get(f"/desk/c/{fresh.pk}/", headers=HTMX).content.decode()


def test_a_viewer_sees_why_and_has_no_buttons(company: Company, angry) -> None:
    vic = Client()
    vic.force_login(company.vic)
    html = vic.get(f"/desk/c/{angry.pk}/", headers=HTMX).content.decode()
    assert "<mark>lawyer</mark>" in html
    assert "/sorted/" not in html


def test_marks_never_break_the_text() -> None:
    text = "one two three"
    for places in ([(0, 3), (2, 7)], [(4, 99)], [(8, 13), (0, 3)], []):
        assert "".join(piece for piece, _ in marked(text, places)) == text
