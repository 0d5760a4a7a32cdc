"""Send at …: the words beside the second send key, and what becomes of the answer."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from harken.config.wiring import wire
from harken.domain.replies.delivery.moment import held_to_leave
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.sla.models import AppliedSLA
from harken.kit import clock
from tests.domain.replies.conftest import hold_over
from tests.web.desk.writing import HTMX, answer, form, once_read, read_again, send

GOOD = "Hello Amara, we found it in Lisbon and it flies tomorrow. /Mika"


def test_the_words_are_read_back_while_one_types(mika: Client, receive) -> None:
    at = f"/desk/c/{receive().pk}/send/at/"
    assert "It leaves" in mika.get(at, {"send_at": "tomorrow 9:00"}).content.decode()
    assert "is not a time" in mika.get(at, {"send_at": "tomorow"}).content.decode()
    assert "At once" in mika.get(at, {"send_at": ""}).content.decode()


def test_a_moment_after_the_promise_says_so(mika: Client, receive) -> None:
    wire()
    opened = receive()
    assert AppliedSLA.objects.filter(conversation=opened).exists()
    html = mika.get(f"/desk/c/{opened.pk}/send/at/", {"send_at": "3h"}).content.decode()
    assert "The promise to this customer runs out before" in html


def test_an_answer_for_later_waits_and_the_thread_says_until_when(mika: Client, receive) -> None:
    opened = receive()
    told = answer(mika, opened, GOOD, send_at="in 2 days").content.decode()
    reply = Reply.objects.get()
    assert reply.state == ReplyState.SCHEDULED
    assert reply.go_at is not None
    assert abs(reply.go_at - clock.now() - timedelta(days=2)) < timedelta(hours=2)
    assert "Leaves " in told
    assert f"/desk/replies/{reply.pk}/undo/" in told
    html = mika.get(f"/desk/c/{opened.pk}/").content.decode()
    assert "goes out" in html
    assert f"/desk/replies/{reply.pk}/move/" in html


def test_words_that_name_no_moment_send_nothing(mika: Client, receive) -> None:
    opened, fields = receive(), form(GOOD, send_at="soonish")
    html = read_again(mika, opened, fields).content.decode()
    stopped = send(mika, opened, once_read(html, fields))
    assert stopped.status_code == 409
    assert "is not a time" in stopped.content.decode()
    assert 'value="soonish"' in stopped.content.decode()
    assert not Reply.objects.exists()


def test_another_moment_is_given_from_the_thread(mika: Client, receive) -> None:
    answer(mika, receive(), GOOD, send_at="in 2 days")
    reply = Reply.objects.get()
    at = f"/desk/replies/{reply.pk}/move/"
    assert mika.post(at, {"send_at": "in 5 days"}, headers=HTMX).status_code == 200
    reply.refresh_from_db()
    assert reply.go_at is not None
    assert reply.go_at - clock.now() > timedelta(days=4)
    bad = mika.post(at, {"send_at": "soonish"}, headers=HTMX)
    assert bad.status_code == 422


def test_what_stayed_here_is_in_the_composer_with_what_happened(mika: Client, receive) -> None:
    opened = receive("first", external_id="r", root_id="r")
    answer(mika, opened, GOOD, send_at="in 2 days")
    receive("Never mind, it is here.", root_id="r", parent_id="r")
    reply = Reply.objects.get()
    hold_over(reply)
    assert held_to_leave(reply.pk) is None
    html = mika.get(f"/desk/c/{opened.pk}/").content.decode()
    assert "You wanted this sent" in html
    assert "the customer wrote again" in html
    assert GOOD in html
    fields = once_read(html, form(GOOD))
    again = read_again(mika, opened, fields).content.decode()
    assert "Meanwhile" in again
    assert "Never mind, it is here." in again
    assert send(mika, opened, once_read(again, fields)).status_code == 200
