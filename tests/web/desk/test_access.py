"""Who gets in, and what they see who do not."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from harken.domain.conversations.services.topics import set_topic
from harken.web.access import EVERYBODY, WRITERS
from harken.web.desk.urls import urlpatterns
from tests.cast import Company

HTMX = {"HX-Request": "true"}


def test_a_stranger_is_sent_to_sign_in_and_back(company: Company) -> None:
    response = Client().get("/desk/?view=mine")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/desk/%3Fview%3Dmine"


def test_a_fragment_for_a_stranger_makes_the_browser_sign_in(company: Company) -> None:
    response = Client().get("/desk/counts/", headers=HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (401, "/accounts/login/")


def test_the_first_page_is_the_desk(mika: Client) -> None:
    assert mika.get("/")["Location"] == "/desk/"


def test_a_page_and_its_fragment_are_never_confused_by_a_cache(mika: Client) -> None:
    response = mika.get("/desk/")
    assert "HX-Request" in response["Vary"]
    assert "private" in response["Cache-Control"]


def test_no_page_allows_anything_unsafe(mika: Client, receive) -> None:
    opened = receive()
    for path in ("/desk/", f"/desk/c/{opened.pk}/", "/desk/me/", "/desk/nothing/"):
        policy = mika.get(path)["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy


def test_another_teams_conversation_does_not_exist_for_an_agent(
    company: Company, mika: Client, receive
) -> None:
    opened = receive()
    set_topic(opened, company.invoice, by=company.maren)
    for path in ("", "messages/", "picture/message/1/0/"):
        assert mika.get(f"/desk/c/{opened.pk}/{path}").status_code == 404
    for path in ("draft/", "preview/", "send/", "take/", "assign/", "topic/", "team/", "close/"):
        assert mika.post(f"/desk/c/{opened.pk}/{path}").status_code == 404


def test_a_viewer_reads_and_changes_nothing(vic: Client, receive) -> None:
    opened = receive()
    page = vic.get(f"/desk/c/{opened.pk}/")
    assert page.status_code == 200
    assert b"data-composer" not in page.content
    assert b"pick-assign" not in page.content
    for path in ("draft/", "preview/", "send/", "take/", "assign/", "topic/", "team/", "close/"):
        assert vic.post(f"/desk/c/{opened.pk}/{path}").status_code == 403


def test_the_wrong_role_is_told_calmly(vic: Client, receive) -> None:
    page = vic.post(f"/desk/c/{receive().pk}/take/")
    assert "This page is not part of your role" in page.content.decode()
    toast = vic.post(f"/desk/c/{receive().pk}/take/", headers=HTMX)["HX-Trigger"]
    assert json.loads(toast)["harken:toast"]["kind"] == "stop"


def test_a_page_answers_only_its_own_method(mika: Client, receive) -> None:
    opened = receive()
    assert mika.get(f"/desk/c/{opened.pk}/take/").status_code == 405
    assert mika.post("/desk/").status_code == 405


def test_every_desk_view_says_who_may_use_it() -> None:
    allowed: dict[str | None, frozenset[str]] = {
        route.name: getattr(route.callback, "allowed_roles", frozenset()) for route in urlpatterns
    }
    assert [name for name, roles in allowed.items() if not roles] == []
    assert allowed["inbox"] == frozenset(EVERYBODY)
    assert allowed["send"] == frozenset(WRITERS)


def test_what_is_not_there_has_a_calm_page_with_a_reference(mika: Client) -> None:
    response = mika.get("/desk/c/987654/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
    assert "reference" in response.content.decode()


def test_a_broken_page_says_so_without_the_database(mika: Client, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no counts today")

    monkeypatch.setattr("harken.web.screen.queries.counted", fail)
    mika.raise_request_exception = False
    response = mika.get("/desk/")
    assert response.status_code == 500
    assert "Something broke" in response.content.decode()
    assert "no counts today" not in response.content.decode()


@pytest.mark.django_db
def test_an_old_form_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/desk/role/", {"role": "agent"})
    assert response.status_code == 403
    assert "grown too old" in response.content.decode()


def test_the_offline_page_needs_nobody() -> None:
    assert "offline" in Client().get("/desk/offline/").content.decode()
