"""What an answer promises is offered before it leaves, and stands in a list until it is done."""

from __future__ import annotations

import re

from django.test import Client

from harken.domain.followups.models import FollowUp
from tests.web.desk.writing import HTMX, form, once_read, read_again, send

GOOD = "Hello Amara, we are looking for it. I'll get back to you by Friday. /Mika"
OFFER = re.compile(r'name="promised" value="([^"]+)"( checked)?')


def confirmed(browser: Client, opened) -> None:
    fields = form(GOOD)
    html = read_again(browser, opened, fields).content.decode()
    offered = OFFER.search(html)
    assert offered is not None
    fields = once_read(html, fields) | {"promised": offered[1].replace("&#43;", "+")}
    assert send(browser, opened, fields).status_code == 200


def test_a_promise_is_offered_with_its_day_and_not_taken_for_granted(mika, receive) -> None:
    opened, fields = receive(), form(GOOD)
    html = read_again(mika, opened, fields).content.decode()
    assert "“I&#39;ll get back to you by Friday.”" in html
    assert re.search(r"Remind me in time: by Fri \d+ \w+(?: \d+)?, 17:00", html)
    assert OFFER.findall(html)[0][1] == ""
    send(mika, opened, once_read(html, fields))
    assert not FollowUp.objects.exists()


def test_confirmed_it_is_in_the_list_the_row_and_the_head(mika, receive) -> None:
    opened = receive()
    confirmed(mika, opened)
    made = FollowUp.objects.get()
    assert (made.what, made.promised_by.username) == ("I'll get back to you by Friday.", "mika")
    assert "I&#39;ll get back to you by Friday." in mika.get("/desk/followups/").content.decode()
    assert "promised by Mika, for " in mika.get("/desk/?view=all").content.decode()
    head = mika.get(f"/desk/c/{opened.pk}/").content.decode()
    assert "promised by <" in head
    assert "Mika promised something by" in head
    assert 'href="/desk/followups/"' in head


def test_an_answer_read_again_keeps_what_was_confirmed(mika, receive) -> None:
    opened, fields = receive(), form(GOOD)
    value = OFFER.search(read_again(mika, opened, fields).content.decode())[1]  # type: ignore[index]
    html = read_again(mika, opened, fields | {"promised": value}).content.decode()
    assert OFFER.findall(html)[0][1] == " checked"


def test_a_line_is_done_or_dropped_with_one_button(mika, receive) -> None:
    confirmed(mika, receive())
    made = FollowUp.objects.get()
    done = mika.post(f"/desk/followups/{made.pk}/done/", headers=HTMX)
    assert done.status_code == 200
    assert "promised by <" not in mika.get(f"/desk/c/{made.conversation_id}/").content.decode()
    assert "Nothing here" in mika.get("/desk/followups/").content.decode()
    assert made.what.split()[-1] in mika.get("/desk/followups/?list=done").content.decode()
    assert mika.post(f"/desk/followups/{made.pk}/drop/", headers=HTMX).status_code == 409


def test_the_list_of_a_day_holds_what_was_due_then(mika, receive) -> None:
    confirmed(mika, receive())
    day = FollowUp.objects.get().due_at.date()
    assert "by Friday" in mika.get(f"/desk/followups/?day={day}").content.decode()
    assert "Nothing here" in mika.get("/desk/followups/?day=2020-01-01").content.decode()
    assert mika.get("/desk/followups/?list=all").status_code == 404
