"""Drafts, preview, sending and notes as the browser asks for them."""

from __future__ import annotations

import json
from uuid import uuid4

from django.test import Client

from harken.domain.conversations.models import Note
from harken.domain.replies.models import Draft, Reply
from tests.cast import Company
from tests.web.desk import writing

TEXT = "Hi Amara, I look. /Mika"


def send(browser: Client, conversation, text: str = TEXT, **more: object):
    return writing.answer(browser, conversation, text, **more)


def test_a_draft_survives_and_fills_the_composer_again(mika: Client, receive) -> None:
    opened = receive()
    saved = mika.post(f"/desk/c/{opened.pk}/draft/", {"text": "Dear\r\nAmara", "kind": "public"})
    assert saved.status_code == 204
    assert Draft.objects.get().body == "Dear\nAmara"
    assert "Dear\nAmara</textarea>" in mika.get(f"/desk/c/{opened.pk}/").content.decode()


def test_a_note_being_written_is_no_draft_of_an_answer(mika: Client, receive) -> None:
    mika.post(f"/desk/c/{receive().pk}/draft/", {"text": "she is upset", "kind": "note"})
    assert not Draft.objects.exists()


def test_the_preview_counts_and_marks_as_the_network_does(mika: Client, receive) -> None:
    path = f"/desk/c/{receive().pk}/preview/"
    html = mika.post(path, {"text": "see https://meridian.example/bags 👩‍👩‍👧"}).content.decode()
    assert 'data-left="245"' in html
    assert 'class="span-link"' in html
    assert "characters too many" in mika.post(path, {"text": "x" * 300}).content.decode()
    assert "Only colleagues" in mika.post(path, {"text": "x", "kind": "note"}).content.decode()


def test_an_answer_is_taken_shown_and_can_be_undone(
    company: Company, mika: Client, receive
) -> None:
    opened = receive()
    response = send(mika, opened)
    reply = Reply.objects.get()
    html = response.content.decode()
    assert json.loads(response["HX-Trigger"]) == {"harken:accepted": {"conversation": opened.pk}}
    assert f"/desk/replies/{reply.pk}/undo/" in html
    assert "I look. /Mika" in html
    assert (reply.author, reply.state) == (company.mika, "held")


def test_the_same_form_sent_twice_is_one_answer(mika: Client, receive) -> None:
    opened, key = receive(), str(uuid4())
    assert send(mika, opened, client_key=key).status_code == 200
    assert send(mika, opened, client_key=key).status_code == 200
    assert Reply.objects.count() == 1


def test_the_second_of_two_writers_keeps_the_draft_and_sees_the_first_answer(
    company: Company, mika: Client, sign_in, receive
) -> None:
    opened = receive()
    ben = sign_in(company.ben)
    fields = writing.form("I will call you by five, Amara. /Ben")
    shown = writing.read_again(ben, opened, fields).content.decode()
    send(mika, opened, "The bag is in Lisbon <b>. /Mika")
    refused = writing.send(ben, opened, writing.once_read(shown, fields))
    html = refused.content.decode()
    assert refused.status_code == 409
    assert "The bag is in Lisbon &lt;b&gt;. /Mika" in html
    assert 'name="again" value="1"' in html
    assert "harken:accepted" not in refused.headers.get("HX-Trigger", "")
    assert Draft.objects.get(author=company.ben).body == fields["text"]
    assert writing.send(ben, opened, writing.once_read(html, fields)).status_code == 200
    assert Reply.objects.count() == 2


def test_only_what_the_writer_saw_is_answered(mika: Client, receive) -> None:
    opened = receive("first", external_id="r", root_id="r")
    fields = writing.form(TEXT)
    fields = writing.once_read(writing.read_again(mika, opened, fields).content.decode(), fields)
    del fields["read_up_to"]  # a client that does not say how far it had read
    seen = opened.messages.get().pk
    receive("second", root_id="r", parent_id="r")
    writing.send(mika, opened, fields | {"seen": seen})
    assert Reply.objects.get().answers_id == seen


def test_what_cannot_be_sent_is_said_and_the_text_stays(mika: Client, receive) -> None:
    opened = receive()
    for text in ("   ", "x" * 400):
        response = send(mika, opened, text)
        assert response.status_code == 422
        assert json.loads(response["HX-Trigger"])["harken:toast"]["kind"] == "stop"
    lost = send(mika, opened, client_key="nonsense")
    assert (lost.status_code, "lost its key" in lost["HX-Trigger"]) == (422, True)
    assert not Reply.objects.exists()


def test_a_note_stays_in_the_house(mika: Client, receive) -> None:
    opened, key = receive(), str(uuid4())
    for _ in range(2):
        response = send(mika, opened, "Bag is on the 18:00 flight", kind="note", client_key=key)
        assert "harken:accepted" in response["HX-Trigger"]
    assert Note.objects.get().body == "Bag is on the 18:00 flight"
    assert "Note, only colleagues see it" in response.content.decode()
    assert not Reply.objects.exists()


def test_a_card_number_stays_here_and_the_author_is_told_why(mika: Client, receive) -> None:
    response = send(mika, receive(), "Amara, it goes to 4111 1111 1111 1111.")
    assert response.status_code == 409
    assert "payment card" in response.content.decode()
    assert not Reply.objects.exists()
    assert "4111" in Draft.objects.get().body
