"""Many at once: the dialog, what it says will happen, the toast that takes it back."""

from __future__ import annotations

import re

from django.test import Client

from harken.domain.bulk.models import BulkChange
from harken.domain.bulk.services import run
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.assign import take
from tests.cast import Company

HTMX = {"HX-Request": "true"}


def ask(browser: Client, path: str = "", view: str = "all", **data: object) -> str:
    answer = browser.post(f"/desk/bulk/{path}?view={view}", data, headers=HTMX)
    assert answer.status_code == 200, answer["HX-Trigger"]
    return answer.content.decode()


def test_the_dialog_tells_whom_it_means_and_what_will_happen(
    company: Company, mika: Client, receive
) -> None:
    first, second, _ = (receive(by=name) for name in ("amara", "jonas", "selin"))
    take(first, by=company.ben)
    html = ask(mika, ids=[first.pk, second.pk])
    assert "the 2 chosen here" in html
    assert "all 3 of this list" in html
    assert "nothing happens before you have seen" in html
    html = ask(mika, ids=f"{first.pk},{second.pk}", whom="chosen", action="take")
    assert re.search(r'<b class="num">1</b> conversation will change', html)
    assert "a colleague has them" in html
    html = ask(mika, ids=f"{first.pk}", whom="all", action="take")
    assert re.search(r'<b class="num">2</b> conversations will change', html)
    html = ask(mika, ids=f"{first.pk}", action="priority")
    assert "Choose" in html
    assert not BulkChange.objects.exists()


def test_it_is_done_told_and_taken_back(company: Company, mika: Client, receive) -> None:
    made = [receive(by=name) for name in ("amara", "jonas", "selin")]
    data = {"action": "tag", "value-tag": "Late refund", "whom": "all"}
    html = ask(mika, "start/", **data)
    assert "Tagged #late-refund: 3 changed" in html
    assert 'hx-target="#bulk"' in html
    undo = re.search(r"/desk/changes/\d+/undo/", html)
    assert undo is not None
    assert "Tagged #late-refund" in mika.get("/desk/changes/").content.decode()
    back = mika.post(undo[0], headers=HTMX).content.decode()
    assert "3 taken back" in back
    assert not any(each.tagged.exists() for each in made)
    assert mika.post(undo[0], headers=HTMX).status_code == 409


def test_all_that_match_keeps_to_the_narrowed_list(mika: Client, receive) -> None:
    receive("refund please", by="amara")
    receive("hello", by="jonas")
    html = ask(
        mika,
        "start/",
        view="all&text=refund",
        action="priority",
        whom="all",
        **{"value-priority": "high"},
    )
    assert "High priority: 1 changed" in html
    assert Conversation.objects.filter(priority="high").count() == 1


def test_a_large_change_shows_its_progress_and_stops(
    mika: Client, sign_in, company: Company, receive, monkeypatch
) -> None:
    monkeypatch.setattr(run, "AT_ONCE", 1)
    for number in range(3):
        receive(by=f"guest{number}")
    html = ask(mika, "start/", action="take", whom="all")
    change = BulkChange.objects.get()
    assert f'hx-get="/desk/changes/{change.pk}/"' in html
    assert "0 of 3" in html
    run.work(change, 2)
    assert "2 of 3" in mika.get(f"/desk/changes/{change.pk}/", headers=HTMX).content.decode()
    assert sign_in(company.ben).post(f"/desk/changes/{change.pk}/stop/").status_code == 404
    html = mika.post(f"/desk/changes/{change.pk}/stop/", headers=HTMX).content.decode()
    assert "Taken: 2 changed, 1 left alone" in html
    page = mika.get("/desk/changes/").content.decode()
    assert "stopped" in page
    assert mika.post(f"/desk/changes/{change.pk}/undo/").status_code == 302
    assert not Conversation.objects.filter(assignee=company.mika).exists()


def test_nothing_to_change_is_said_calmly(mika: Client, receive) -> None:
    receive()
    data = {"action": "priority", "value-priority": "normal", "whom": "all"}
    answer = mika.post("/desk/bulk/start/?view=all", data, headers=HTMX)
    assert answer.status_code == 422
    assert "Nothing would change" in answer["HX-Trigger"]


def test_a_dialog_sent_twice_begins_one_change(mika: Client, receive) -> None:
    receive()
    data = {"action": "priority", "value-priority": "high", "whom": "all"}
    html = mika.post("/desk/bulk/?view=all", data, headers=HTMX).content.decode()
    data["client_key"] = html.split('name="client_key" value="')[1].split('"')[0]
    for _ in range(2):
        answer = mika.post("/desk/bulk/start/?view=all", data, headers=HTMX)
        assert "High priority: 1 changed" in answer.content.decode()
    assert BulkChange.objects.count() == 1
