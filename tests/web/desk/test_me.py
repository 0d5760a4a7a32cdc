"""My settings, and playing roles in the demo."""

from __future__ import annotations

import re

from django.test import Client

from tests.cast import Company

HTMX = {"HX-Request": "true"}


def test_colours_and_keys_are_kept_for_the_person(company: Company, mika: Client) -> None:
    response = mika.post("/desk/me/save/", {"theme": "dark", "keys": "off"})
    assert response["Location"] == "/desk/me/"
    company.mika.refresh_from_db()
    assert (company.mika.theme, company.mika.keys_on) == ("dark", False)
    page = mika.get("/desk/me/").content.decode()
    assert 'data-theme="dark" data-keys="off"' in page


def test_the_key_for_dark_changes_nothing_else(company: Company, mika: Client) -> None:
    mika.post("/desk/me/save/", {"keys": "off"})
    assert mika.post("/desk/me/save/", {"theme": "dark"}, headers=HTMX).status_code == 204
    company.mika.refresh_from_db()
    assert (company.mika.theme, company.mika.keys_on) == ("dark", False)
    assert mika.post("/desk/me/save/", {"theme": "pink"}, headers=HTMX).status_code == 422


def test_there_is_no_other_role_to_play_outside_the_demo(mika: Client) -> None:
    assert mika.post("/desk/role/", {"role": "manager"}).status_code == 404
    assert "Play the demo" not in mika.get("/desk/").content.decode()


def test_a_visitor_of_the_demo_is_its_agent_and_may_play_another(
    company: Company, settings
) -> None:
    settings.DEMO = True
    visitor = Client()
    assert "Play the demo as" in visitor.get("/desk/").content.decode()
    assert visitor.session["_auth_user_id"] == str(company.mika.pk)
    response = visitor.post("/desk/role/", {"role": "manager"}, headers=HTMX)
    assert response["HX-Redirect"] == "/desk/"
    assert visitor.session["_auth_user_id"] == str(company.maren.pk)
    assert visitor.post("/desk/role/", {"role": "owner"}).status_code == 404


def test_the_browser_accepts_a_time_zone_as_my_browser_says(mika: Client) -> None:
    """A select that is `required` refuses its empty option, and with it the whole form."""
    page = mika.get("/desk/me/").content.decode()
    (select,) = re.findall(r'<select[^>]*name="zone"[^>]*>', page)
    assert "required" not in select
    assert '<option value="" selected>As my browser says' in page
