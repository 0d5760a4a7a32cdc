"""The re-read view: what it shows, and that nothing leaves without it."""

from __future__ import annotations

import sys
import time
from statistics import quantiles

from django.test import Client

from harken.domain.replies.models import Reply
from harken.domain.replies.models_checks import CheckResult
from tests.cast import Company
from tests.web.desk.writing import answer, form, once_read, read_again, send

GOOD = "Hello Amara, we found it in Lisbon and it flies tomorrow: https://meridian.example/x /Mika"


def test_it_shows_the_answer_as_the_network_will_under_the_post_it_answers(
    mika: Client, receive
) -> None:
    html = read_again(mika, receive("Where is <it>?"), form(GOOD)).content.decode()
    assert '<span class="span-link" title="https://meridian.example/x">' in html
    assert "Where is &lt;it&gt;?" in html
    assert "@meridian.example" in html
    assert "for 10 s it can be taken back" in html
    assert not Reply.objects.exists()


def test_what_a_check_blocks_has_no_way_to_send_it(mika: Client, receive) -> None:
    opened, fields = receive(), form("😀 Amara, we refund 4111 1111 1111 1111 today. /Mika")
    html = read_again(mika, opened, fields).content.decode()
    assert "data-primary" not in html
    assert 'data-show="20,39"' in html  # as browsers count: the face is two
    refused = send(mika, opened, once_read(html, fields))
    assert refused.status_code == 409
    assert "It was not sent" in refused.content.decode()
    assert not Reply.objects.exists()
    assert CheckResult.objects.filter(check_key="personal", decision="blocked").exists()


def test_a_warning_nobody_read_stops_it_and_one_that_was_read_is_kept(
    mika: Client, receive
) -> None:
    opened, fields = receive(), form("We found it in Lisbon and it flies tomorrow. /Mika")
    unread = send(mika, opened, fields)
    assert unread.status_code == 409
    assert "Amara is not called by name" in unread.content.decode()
    assert not Reply.objects.exists()
    assert send(mika, opened, once_read(unread.content.decode(), fields)).status_code == 200
    assert CheckResult.objects.get(check_key="name").decision == "kept"


def test_what_happened_meanwhile_is_marked_and_stops_the_second_key_once(
    mika: Client, receive
) -> None:
    opened, fields = receive("first", external_id="r", root_id="r"), form(GOOD)
    html = read_again(mika, opened, fields).content.decode()
    assert "Meanwhile" not in html
    receive("Wait, not that one!", root_id="r", parent_id="r")
    stopped = send(mika, opened, once_read(html, fields))
    assert stopped.status_code == 409
    assert "Wait, not that one!" in stopped.content.decode()
    assert 'class="news wrote"' in stopped.content.decode()
    fields = once_read(stopped.content.decode(), fields)
    assert "Meanwhile" not in read_again(mika, opened, fields).content.decode()
    assert send(mika, opened, fields).status_code == 200


def test_an_answer_that_repeats_one_to_somebody_else_shows_that_one(
    company: Company, mika: Client, sign_in, receive
) -> None:
    text = "Hello {}, the strap of your bag is sewn again and it is with our driver until six. /{}"
    answer(sign_in(company.ben), receive(by="kofi"), text.format("Kofi", "Ben"))
    html = read_again(mika, receive(), form(text.format("Amara", "Mika"))).content.decode()
    assert "with our driver until six. /Ben" in html


def test_only_its_author_a_lead_or_a_manager_takes_an_answer_back(
    company: Company, mika: Client, sign_in, receive
) -> None:
    for by, expected in (
        (company.ben, 403),
        (company.bea, 404),
        (company.vic, 403),
        (company.elif_, 403),
        (company.lena, 200),
        (company.maren, 200),
        (company.mika, 200),
    ):
        opened = receive(by=f"guest-{by.username}", text=f"Where, {by.username}?")
        assert answer(mika, opened, f"We found it in Lisbon. {by.username}").status_code == 200
        reply = Reply.objects.latest("pk")
        path = f"/desk/replies/{reply.pk}/undo/"
        assert sign_in(by).post(path, headers={"HX-Request": "true"}).status_code == expected
        reply.refresh_from_db()
        assert reply.state == ("undone" if expected == 200 else "held")
    assert Client().post(path, headers={"HX-Request": "true"}).status_code == 401


def test_it_comes_fast(mika: Client, receive) -> None:
    opened, spent = receive(), []
    for _ in range(40):
        began = time.perf_counter()
        read_again(mika, opened, form(GOOD))
        spent.append(time.perf_counter() - began)
    p95 = quantiles(spent, n=20)[-1]
    sys.stdout.write(f"\nread again: p95 {p95 * 1e3:.0f} ms\n")
    assert p95 < 5.0  # a defect, not a busy machine
