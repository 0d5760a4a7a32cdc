"""The list, its paging, its rows and its counts."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client

from harken.domain.conversations.models import Message
from harken.domain.conversations.services.assign import take
from harken.domain.conversations.services.close import close
from harken.domain.replies.services.draft import save_draft
from harken.kit import clock
from tests.cast import Company


def ids(html: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb'data-row="(\d+)"', html)]


def test_the_longest_wait_stands_first(mika: Client, receive) -> None:
    now = clock.now()
    young = receive("young", by="amara", sent_at=now - timedelta(seconds=5))
    old = receive("old", by="tomasz", sent_at=now - timedelta(seconds=50))
    assert ids(mika.get("/desk/").content) == [old.pk, young.pk]


def test_views_hold_what_they_say(company: Company, mika: Client, receive) -> None:
    mine, free, closed = receive(by="amara"), receive(by="tomasz"), receive(by="ruth")
    take(mine, by=company.mika)
    close(closed, reason="thanks", by=company.mika)
    held = {
        view: set(ids(mika.get(f"/desk/?view={view}").content))
        for view in ("hot", "mine", "unassigned", "all", "closed", "team:service")
    }
    assert held["mine"] == {mine.pk}
    assert held["unassigned"] == {free.pk}
    assert held["closed"] == {closed.pk}
    assert held["hot"] == held["all"] == held["team:service"] == {mine.pk, free.pk}


def test_a_view_that_does_not_exist_is_not_there(mika: Client) -> None:
    for view in ("secret", "team:billing", "team:"):
        assert mika.get("/desk/", {"view": view}).status_code == 404
    assert mika.get("/desk/rows/", {"view": "hot", "before": "nonsense"}).status_code == 404


def test_the_list_goes_on_below_without_repeating(mika: Client, receive) -> None:
    made = {receive(f"question {n}", by=f"guest{n}").pk for n in range(53)}
    first = mika.get("/desk/?view=all")
    more = re.search(r'hx-get="(/desk/rows/[^"]+)"', first.content.decode())
    assert more is not None
    second = mika.get(more[1].replace("&amp;", "&"))
    assert len(ids(first.content)) == 50
    assert set(ids(first.content)) | set(ids(second.content)) == made
    assert not set(ids(first.content)) & set(ids(second.content))
    assert b'class="more"' not in second.content


def test_rows_that_left_the_view_are_missing_from_the_answer(
    company: Company, mika: Client, receive
) -> None:
    stays, leaves = receive(by="amara"), receive(by="tomasz")
    close(leaves, reason="spam", by=company.mika)
    answer = mika.get(f"/desk/rows/?view=hot&ids={stays.pk},{leaves.pk},nonsense,999999")
    assert ids(answer.content) == [stays.pk]


def test_a_saved_draft_is_marked_for_its_writer_only(
    company: Company, mika: Client, sign_in, receive
) -> None:
    save_draft(receive(), body="half a sent", by=company.mika)
    assert b"draft</bdi>" in mika.get("/desk/").content
    assert b"draft</bdi>" not in sign_in(company.ben).get("/desk/").content


def test_counts_and_pulse_are_refreshed_together(mika: Client, receive) -> None:
    receive()
    html = mika.get("/desk/counts/?view=hot").content.decode()
    assert 'hx-target="#views"' in html
    assert 'hx-target="#pulse"' in html
    assert re.search(r'<b class="num">1</b> <small>waiting', html)


def test_an_empty_view_says_what_is_normal(mika: Client) -> None:
    assert "Nobody waits" in mika.get("/desk/").content.decode()
    assert "press i to take it" in mika.get("/desk/?view=mine").content.decode()


def test_the_palette_finds_conversations_by_person_and_views_by_name(mika: Client, receive) -> None:
    opened = receive("Where is my suitcase?", by="amara")
    html = mika.get("/desk/palette/?q=amara").content.decode()
    assert f'data-href="/desk/c/{opened.pk}/' in html
    assert "team:service" in mika.get("/desk/palette/?q=serv").content.decode()
    assert "&lt;b&gt;" in mika.get("/desk/palette/", {"q": "<b>"}).content.decode()


def test_the_inbox_asks_the_database_few_questions(
    mika: Client, receive, django_assert_max_num_queries
) -> None:
    for number in range(30):
        receive(f"question {number}", by=f"guest{number}")
    with django_assert_max_num_queries(8):
        page = mika.get("/desk/")
    assert len(ids(page.content)) == 30


def test_the_left_column_marks_the_page_beside_the_list(company, client):
    client.force_login(company.mika)
    page = client.get("/desk/contacts/").content.decode()
    assert 'href="/desk/contacts/" aria-current="page"' in page
    assert 'href="/manage/channels/" aria-current' not in page


def test_a_breach_is_marked_with_its_word_beside_the_clock(mika: Client, receive) -> None:
    late = receive("late", by="amara", sent_at=clock.now() - timedelta(seconds=61))
    soon = receive("soon", by="tomasz", sent_at=clock.now() - timedelta(seconds=5))
    shown = [
        mika.get(f"/desk/rows/?view=hot&ids={each.pk}").content.decode() for each in (late, soon)
    ]
    assert ["breached" in html for html in shown] == [True, False]
    assert all("data-due=" in html for html in shown)


def test_the_head_says_what_was_promised_and_how_late_we_heard(mika: Client, receive) -> None:
    heard = receive(sent_at=clock.now() - timedelta(seconds=33))
    late = timedelta(seconds=33, milliseconds=400)
    Message.objects.update(received_at=heard.turn.sent_at + late)
    page = mika.get(f"/desk/c/{heard.pk}/").content.decode()
    assert "Within a minute" in page
    assert "first answer in 1:00" in page
    assert "heard after 0:33" in page
