"""Take, assign, topic, team, close, reopen."""

from __future__ import annotations

import re

from django.test import Client

from harken.domain.conversations.services.assign import take
from tests.cast import Company

HTMX = {"HX-Request": "true"}


def act(browser: Client, conversation, verb: str, to: object = ""):
    path = f"/desk/c/{conversation.pk}/{verb}/"
    response = browser.post(path, {"to": to}, headers=HTMX)
    conversation.refresh_from_db()
    return response


def test_taking_is_shown_at_once_and_can_be_undone(company: Company, mika: Client, receive) -> None:
    opened = receive()
    html = act(mika, opened, "take").content.decode()
    assert opened.assignee == company.mika
    assert "It is yours" in html
    undo = re.search(r'hx-post="(/desk/changes/\d+/undo/)"', html)
    assert undo is not None
    assert "Taken back" in mika.post(undo[1], headers=HTMX).content.decode()
    opened.refresh_from_db()
    assert opened.assignee is None
    assert mika.post(undo[1], headers=HTMX).status_code == 409


def test_who_comes_second_is_told_who_was_first(company: Company, mika: Client, receive) -> None:
    opened = take(receive(), by=company.ben)
    response = act(mika, opened, "take")
    assert response.status_code == 409
    assert "Ben already has this conversation" in response["HX-Trigger"]
    assert opened.assignee == company.ben


def test_assigning_to_somebody_who_cannot_see_it_is_refused(
    company: Company, mika: Client, receive
) -> None:
    opened = receive()
    assert act(mika, opened, "assign", company.bea.pk).status_code == 422
    assert act(mika, opened, "assign", 987654).status_code == 404
    assert act(mika, opened, "assign", "x").status_code == 404
    assert act(mika, opened, "assign", company.ben.pk).status_code == 200
    assert opened.assignee == company.ben


def test_a_topic_of_another_team_takes_the_conversation_out_of_sight(
    company: Company, mika: Client, receive
) -> None:
    opened = receive()
    assert act(mika, opened, "topic", company.baggage.pk).status_code == 200
    html = act(mika, opened, "topic", company.invoice.pk).content.decode()
    assert (opened.topic, opened.team) == (company.invoice, company.billing)
    assert "a team whose conversations you do not see" in html
    assert f'hx-target="#row-{opened.pk}"' in html
    assert mika.get(f"/desk/c/{opened.pk}/").status_code == 404


def test_a_conversation_is_handed_to_a_team(company: Company, sign_in, receive) -> None:
    opened = receive()
    response = act(sign_in(company.maren), opened, "team", company.billing.pk)
    assert opened.team == company.billing
    assert "Billing has it now" in response.content.decode()


def test_closing_asks_for_a_reason_while_somebody_waits(mika: Client, receive) -> None:
    opened = receive()
    assert act(mika, opened, "close").status_code == 422
    assert act(mika, opened, "close", "boredom").status_code == 422
    html = act(mika, opened, "close", "spam").content.decode()
    assert (opened.state, opened.close_reason) == ("closed", "spam")
    assert re.search(r"/desk/changes/\d+/undo/", html)
    act(mika, opened, "reopen")
    assert opened.state == "open"
    assert opened.waiting_since is not None


def test_without_a_script_a_refusal_is_a_page(company: Company, mika: Client, receive) -> None:
    opened = take(receive(), by=company.ben)
    response = mika.post(f"/desk/c/{opened.pk}/take/")
    assert response.status_code == 409
    assert "Ben already has this conversation" in response.content.decode()


def test_a_tag_is_put_on_by_name_and_taken_off(mika: Client, receive) -> None:
    opened = receive()
    path = f"/desk/c/{opened.pk}/"
    html = mika.post(f"{path}tag/", {"name": "Late refund"}, headers=HTMX).content.decode()
    assert "Tagged #late-refund" in html
    tag = opened.tagged.get().tag
    assert b"late-refund" in mika.get("/desk/?view=all").content
    assert "put on #late-refund" in mika.get(path).content.decode()
    assert mika.post(f"{path}tag/", {"name": "  "}, headers=HTMX).status_code == 422
    act(mika, opened, "untag", tag.pk)
    assert not opened.tagged.exists()
    assert act(mika, opened, "untag", 987654).status_code == 404


def test_a_priority_and_a_mark_are_words_in_the_row_and_the_head(mika: Client, receive) -> None:
    opened = receive()
    act(mika, opened, "priority", "urgent")
    answer = mika.post(f"/desk/contacts/{opened.contact_id}/mark/", {"mark": "press"}, headers=HTMX)
    assert answer.status_code == 204
    assert "Press" in answer["HX-Trigger"]
    for page in ("/desk/?view=all", f"/desk/c/{opened.pk}/"):
        html = mika.get(page).content.decode()
        assert "urgent priority" in html
        assert "Press</bdi>" in html
    assert act(mika, opened, "priority", "asap").status_code == 422


def test_a_hand_over_to_a_team_one_does_not_see_can_be_taken_back(
    company: Company, mika: Client, receive
) -> None:
    opened = receive()
    html = act(mika, opened, "topic", company.invoice.pk).content.decode()
    undo = re.search(r"/desk/changes/\d+/undo/", html)
    assert undo is not None
    assert mika.get(f"/desk/c/{opened.pk}/").status_code == 404
    back = mika.post(undo[0], headers=HTMX).content.decode()
    assert 'id="messages"' in back
    opened.refresh_from_db()
    assert (opened.topic, opened.team) == (None, company.service)


def test_what_a_colleague_changed_since_is_not_taken_back(
    company: Company, mika: Client, sign_in, receive
) -> None:
    opened = receive()
    undo = re.search(
        r"/desk/changes/\d+/undo/", act(mika, opened, "priority", "high").content.decode()
    )
    assert undo is not None
    act(sign_in(company.ben), opened, "priority", "low")
    assert mika.post(undo[0], headers=HTMX).status_code == 409
    opened.refresh_from_db()
    assert opened.priority == "low"
