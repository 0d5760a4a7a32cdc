"""A view or a search as a file: what the reader may see, written down who took it."""

from __future__ import annotations

import csv
import io

import pytest

from harken.domain.contacts.models import Handle
from harken.domain.conversations import queries_export
from harken.domain.conversations.services.topics import move
from harken.domain.journal.models import Event

pytestmark = pytest.mark.django_db


def rows_of(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content
    content = b"".join(answer.streaming_content)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_view_is_exported_newest_first_however_long_it_is(sign_in, company, receive, monkeypatch):
    made = [receive(f"Number {n}", by=f"person{n}").pk for n in range(5)]
    monkeypatch.setattr(queries_export, "PAGE", 2)
    answer = sign_in(company.mika).post("/desk/export/", {"view": "all"})
    rows = rows_of(answer)
    assert [int(row["number"]) for row in rows] == made[::-1]
    assert rows[0]["what they say"] == "Number 4"
    assert rows[0]["due"].endswith("Z")
    assert 'filename="all-' in answer.headers["Content-Disposition"]


def test_the_journal_says_who_took_how_many(sign_in, company, receive):
    receive(by="eva")
    move(receive("Another team's", by="tom"), to=company.billing, by=company.maren)
    rows = rows_of(sign_in(company.mika).post("/desk/export/", {"view": "hot"}))
    event = Event.objects.get(kind="ConversationsExported")
    assert (event.actor_id, event.data["count"], event.data["what"]) == (company.mika.pk, 1, "hot")
    assert len(rows) == 1


def test_no_customer_s_name_or_words_are_calculated_by_a_spreadsheet(sign_in, company, receive):
    bad = receive("=HYPERLINK(1)", by="eva")
    Handle.objects.filter(pk=bad.handle_id).update(display_name="@SUM(1)")
    (row,) = rows_of(sign_in(company.mika).post("/desk/export/", {"view": "all"}))
    assert (row["name"], row["what they say"]) == ("'@SUM(1)", "'=HYPERLINK(1)")


def test_a_search_is_exported_as_far_as_the_reader_may_look(sign_in, company, receive):
    receive("The lighthouse is dark", by="eva")
    hidden = receive("Another lighthouse", by="tom")
    move(hidden, to=company.billing, by=company.maren)
    ask = {"q": "lighthouse"}
    assert [
        row["text"] for row in rows_of(sign_in(company.mika).post("/desk/search/export/", ask))
    ] == ["The lighthouse is dark"]
    assert len(rows_of(sign_in(company.maren).post("/desk/search/export/", ask))) == 2
    ask["team"] = "billing"
    assert len(rows_of(sign_in(company.maren).post("/desk/search/export/", ask))) == 1


def test_a_view_that_does_not_exist_is_no_file(sign_in, company):
    assert sign_in(company.mika).post("/desk/export/", {"view": "attic"}).status_code == 404
