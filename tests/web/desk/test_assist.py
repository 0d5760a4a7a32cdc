"""The assistant in the composer: not there unless the house has one, and never by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from harken.domain.conversations.models import Conversation
from harken.domain.knowledge.services.answers import AnswerPlan, write_answer
from harken.domain.replies.models import Reply
from harken.kit.http import allow_private_hosts
from harken.web.desk.assisting import compared
from tests.cast import Company
from tests.servers.assistant import KEY, Assistant, assistant

HTMX = {"HX-Request": "true"}
BUTTONS = ("Suggest", "Translate", "Shorten", "What did I miss?")


@pytest.fixture
def machine(settings) -> Iterator[Assistant]:
    former = allow_private_hosts(["127.0.0.1"])
    with assistant() as served:
        settings.ASSIST_URL, settings.ASSIST_KEY = served.url, KEY
        settings.ASSIST_MODEL = "small-1"
        yield served
    allow_private_hosts(former)


def ask(browser: Client, conversation: Conversation, task: str, text: str = "") -> str:
    fields = {"task": task, "text": text, "kind": "public"}
    answer = browser.post(f"/desk/c/{conversation.pk}/assist/", fields, headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_house_without_an_assistant_shows_none_of_it(mika: Client, receive) -> None:
    opened = receive()
    page = mika.get(f"/desk/c/{opened.pk}/").content.decode()
    assert "assist" not in page
    assert not any(f"<span>{word}</span>" in page for word in BUTTONS)
    path = f"/desk/c/{opened.pk}/assist/"
    assert mika.post(path, {"task": "miss"}, headers=HTMX).status_code == 404


def test_the_composer_says_what_would_go_where_and_nothing_goes_by_itself(
    mika: Client, receive, machine
) -> None:
    page = mika.get(f"/desk/c/{receive().pk}/").content.decode()
    assert all(f"<span>{word}</span>" in page for word in BUTTONS)
    assert "go to 127.0.0.1 (small-1), personal data masked." in page
    assert "js/pages/assist.js" in page
    assert machine.asked == []


def test_who_only_looks_is_offered_nothing(company: Company, sign_in, receive, machine) -> None:
    vic, opened = sign_in(company.vic), receive()
    assert "assist-privacy" not in vic.get(f"/desk/c/{opened.pk}/").content.decode()
    answer = vic.post(f"/desk/c/{opened.pk}/assist/", {"task": "miss"}, headers=HTMX)
    assert answer.status_code == 403


def test_a_suggestion_names_its_saved_answers_and_waits_for_a_person(
    company: Company, mika: Client, receive, machine
) -> None:
    plan = AnswerPlan(
        title="Late bag",
        short="We bring the bag to your door within two days, {name}.",
        language="en",
        owner=company.lena,
    )
    write_answer(company.brand, plan, by=company.lena)
    machine.says = "Hello [name-1], the <bag> comes in two days.\nSources: 1"
    html = ask(mika, receive("My bag is late, which door?", by="amara"), "suggest")
    assert "Written by a machine, small-1 at 127.0.0.1; nothing is sent." in html
    assert "<bdi>Late bag</bdi>" in html
    assert 'data-use-text="Hello Amara, the &lt;bag&gt; comes in two days."' in html
    assert not Reply.objects.exists()


def test_without_a_saved_answer_that_fits_nothing_leaves(mika: Client, receive, machine) -> None:
    html = ask(mika, receive(), "suggest")
    assert "nothing to suggest from" in html
    assert machine.asked == []


def test_what_would_change_is_shown_word_by_word(mika: Client, receive, machine) -> None:
    machine.says = "It comes tomorrow. /Mika"
    html = ask(mika, receive(), "shorten", "It probably comes tomorrow. /Mika")
    assert "<del>" in html.partition("probably")[0][-40:]
    assert html.count("<del>") == 1
    assert "data-use-text" in html


def test_what_was_missed_is_a_list_to_look_at(mika: Client, receive, machine) -> None:
    machine.says = "1. When does it come?\n- Who pays?"
    html = ask(mika, receive(), "miss", "We look into it.")
    assert '<li dir="auto">When does it come?</li><li dir="auto">Who pays?</li>' in html
    assert "data-use-text" not in html


def test_trouble_is_told_beside_the_text(mika: Client, receive, machine) -> None:
    machine.fails = [500]
    html = ask(mika, receive(), "miss", "We look into it.")
    assert "Write on, or ask again later." in html
    assert "Write something first" in ask(mika, receive(by="kofi"), "shorten", " ")


def test_another_team_s_conversation_and_another_task_do_not_exist(
    company: Company, mika: Client, sign_in, receive, machine
) -> None:
    opened = receive()
    path = f"/desk/c/{opened.pk}/assist/"
    assert mika.post(path, {"task": "send"}, headers=HTMX).status_code == 404
    bea = sign_in(company.bea)
    assert bea.post(path, {"task": "miss"}, headers=HTMX).status_code == 404
    assert machine.asked == []


def test_a_comparison_holds_both_texts_whole() -> None:
    before, after = "Dear Amara, we are sorry.", "Amara, we are very sorry!"
    pieces = compared(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != "new") == before
    assert "".join(piece.text for piece in pieces if piece.change != "gone") == after
