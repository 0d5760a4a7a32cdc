"""Undo, edit again, settle by looking, retract and like."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from harken.domain.conversations.models import Message
from harken.domain.replies.models import Draft, NetworkAction, Reply, ReplyState
from harken.domain.replies.services.send import send
from harken.kit import clock
from tests.cast import Company

HTMX = {"HX-Request": "true"}


@pytest.fixture
def reply(company: Company, receive) -> Reply:
    """Mika's answer to Amara, still held."""
    return send(receive(), body="Hi Amara. /Mika", client_key=uuid4(), by=company.mika)


def turn(reply: Reply, state: ReplyState, **more: object) -> None:
    Reply.objects.filter(pk=reply.pk).update(state=state, **more)


def ask(browser: Client, path: str, **fields: object):
    return browser.post(path, fields, headers=HTMX)


def test_an_undone_answer_is_in_the_composer_again(mika: Client, reply: Reply) -> None:
    html = ask(mika, f"/desk/replies/{reply.pk}/undo/").content.decode()
    reply.refresh_from_db()
    assert reply.state == ReplyState.UNDONE
    assert "Hi Amara. /Mika</textarea>" in html
    assert f'id="reply-{reply.pk}"' not in html


def test_a_countdown_that_is_over_cannot_be_undone(mika: Client, reply: Reply) -> None:
    turn(reply, ReplyState.SENDING, hold_until=clock.now())
    response = ask(mika, f"/desk/replies/{reply.pk}/undo/")
    assert response.status_code == 409
    assert "Too late" in response["HX-Trigger"]


def test_a_colleague_cannot_undo_for_me_and_is_not_offered_it(
    company: Company, sign_in, reply: Reply
) -> None:
    ben = sign_in(company.ben)
    assert ask(ben, f"/desk/replies/{reply.pk}/undo/").status_code == 403
    page = ben.get(f"/desk/c/{reply.conversation_id}/").content.decode()
    assert "Hi Amara. /Mika" in page
    assert "/undo/" not in page


def test_the_undo_key_is_for_ones_own_answer_and_leads_have_a_button(
    company: Company, mika: Client, sign_in, reply: Reply
) -> None:
    path = f"/desk/c/{reply.conversation_id}/"
    assert 'data-hotkey="z,Mod+z"' in mika.get(path).content.decode()
    seen_by_lead = sign_in(company.lena).get(path).content.decode()
    assert f"/desk/replies/{reply.pk}/undo/" in seen_by_lead
    assert 'data-hotkey="z,Mod+z"' not in seen_by_lead


def test_another_teams_reply_does_not_exist(company: Company, sign_in, reply: Reply) -> None:
    bea = sign_in(company.bea)
    for verb in ("undo", "edit-again", "resolve"):
        assert ask(bea, f"/desk/replies/{reply.pk}/{verb}/").status_code == 404
    message = reply.target_id
    for verb in ("retract", "like"):
        assert ask(bea, f"/desk/messages/{message}/{verb}/").status_code == 404


def test_each_state_of_a_reply_is_told_in_words(mika: Client, reply: Reply) -> None:
    words = {
        ReplyState.HELD: "goes out in",
        ReplyState.QUEUED: "on its way",
        ReplyState.CHECKING: "unclear whether it arrived",
        ReplyState.NEEDS_HUMAN: "Please look at the network",
        ReplyState.REFUSED: "not delivered",
        ReplyState.SENT: "delivered",
    }
    for state, word in words.items():
        turn(reply, state)
        assert word in mika.get(f"/desk/c/{reply.conversation_id}/").content.decode()


def test_a_refused_answer_tells_why_and_can_be_edited_again(mika: Client, reply: Reply) -> None:
    turn(reply, ReplyState.REFUSED, error="The post was deleted <there>.")
    page = mika.get(f"/desk/c/{reply.conversation_id}/").content.decode()
    assert "The post was deleted &lt;there&gt;." in page
    html = ask(mika, f"/desk/replies/{reply.pk}/edit-again/").content.decode()
    assert "Hi Amara. /Mika</textarea>" in html


def test_a_person_settles_what_no_machine_can(mika: Client, reply: Reply) -> None:
    turn(reply, ReplyState.NEEDS_HUMAN)
    path = f"/desk/replies/{reply.pk}/resolve/"
    assert ask(mika, path, was_sent="perhaps").status_code == 422
    assert ask(mika, path, was_sent="yes").status_code == 200
    reply.refresh_from_db()
    assert reply.state == ReplyState.SENT
    assert ask(mika, path, was_sent="no").status_code == 409


def test_a_post_is_liked_once_in_the_companys_name(mika: Client, receive) -> None:
    message = receive().messages.get()
    for _ in range(2):
        assert ask(mika, f"/desk/messages/{message.pk}/like/").status_code == 200
    assert NetworkAction.objects.get().kind == "like"


@pytest.fixture
def ours(reply: Reply) -> Message:
    """The same answer, delivered."""
    message = Message.objects.create(
        conversation_id=reply.conversation_id,
        channel_id=reply.channel_id,
        external_id="ours-1",
        direction="outbound",
        author=reply.author,
        body=reply.body,
        sent_at=clock.now(),
    )
    turn(reply, ReplyState.SENT, message=message)
    return message


def deleted(message: Message) -> None:
    """The network did as it was asked."""
    Message.objects.filter(pk=message.pk).update(deleted_at=clock.now())
    Reply.objects.filter(message=message).update(state=ReplyState.RETRACTED)


def test_our_own_answer_is_taken_back_at_the_network(
    mika: Client, reply: Reply, ours: Message
) -> None:
    dialog = mika.get(f"/desk/messages/{ours.pk}/retracting/", headers=HTMX).content.decode()
    assert "Hi Amara. /Mika" in dialog
    assert 'value="personal"' in dialog
    path = f"/desk/messages/{ours.pk}/retract/"
    assert ask(mika, path).status_code == 422  # no reason given
    html = ask(mika, path, reason="wrong").content.decode()
    assert "being deleted" in html
    assert 'id="answer"' not in html  # the composer stays as it is
    assert ask(mika, f"/desk/messages/{reply.target_id}/retract/").status_code == 409


def test_what_stands_instead_is_read_again_at_once_and_needs_no_answer_anyway(
    mika: Client, reply: Reply, ours: Message
) -> None:
    """The dialog's text goes the way of every answer: read again, sent by the second key."""
    right = "Hello Amara, it is the blue one: https://meridian.example/x /Mika"
    path = f"/desk/messages/{ours.pk}/retract/"
    html = ask(mika, path, reason="wrong", why="It is the red one", correcting=right).content
    assert f"{right}</textarea>" in html.decode()
    assert 'hx-trigger="load"' in html.decode()
    deleted(ours)
    key = Draft.objects.get().client_key
    fields = {"text": right, "kind": "public", "client_key": str(key)}
    again = ask(mika, f"/desk/c/{reply.conversation_id}/reread/", **fields).content.decode()
    assert "It puts right what Mika took back" in again
    assert "It was wrong: It is the red one" in again
    assert "Answer anyway" not in again
    sent = ask(mika, f"/desk/c/{reply.conversation_id}/send/", again="1", **fields)
    assert sent.status_code == 200
    correcting = Reply.objects.get(client_key=key)
    page = mika.get(f"/desk/c/{reply.conversation_id}/").content.decode()
    assert f'href="#reply-{correcting.pk}"' in page
    assert f'href="#message-{ours.pk}"' in page
    assert "Mika: It was wrong: It is the red one" in page


def test_a_colleague_s_answer_is_still_told_before_a_correction_leaves(
    company: Company, mika: Client, reply: Reply, ours: Message
) -> None:
    ask(mika, f"/desk/messages/{ours.pk}/retract/", reason="wrong", correcting="Sorry, Amara.")
    deleted(ours)
    send(
        reply.conversation, body="I took over. /Ben", client_key=uuid4(), by=company.ben, again=True
    )
    key = str(Draft.objects.get().client_key)
    again = ask(
        mika,
        f"/desk/c/{reply.conversation_id}/reread/",
        text="Sorry, Amara.",
        kind="public",
        client_key=key,
    ).content.decode()
    assert "Ben has answered this already" in again
    assert "Answer anyway" in again


def test_what_the_network_refuses_to_delete_is_told_in_the_thread(
    company: Company, mika: Client, reply: Reply, ours: Message
) -> None:
    ask(mika, f"/desk/messages/{ours.pk}/retract/", reason="tone")
    NetworkAction.objects.update(state=ReplyState.REFUSED, error="Too old <to delete>")
    page = mika.get(f"/desk/c/{reply.conversation_id}/").content.decode()
    assert "still at the network, which says: Too old &lt;to delete&gt;" in page
    assert ask(mika, f"/desk/messages/{ours.pk}/retract/").status_code == 200
    assert NetworkAction.objects.get().state == ReplyState.QUEUED
