"""The filter of the list, and saved views, as people meet them."""

from __future__ import annotations

from django.test import Client

from harken.domain.conversations.models_views import SavedView
from harken.domain.conversations.services.tags import add_tag
from tests.cast import Company
from tests.web.desk.test_inbox import ids


def test_the_address_carries_the_filter_and_everything_keeps_it(
    company: Company, mika: Client, receive
) -> None:
    tagged, other = receive(by="amara"), receive(by="jonas")
    add_tag(tagged, "refund", by=company.mika)
    page = mika.get("/desk/?view=all&tag=refund")
    assert ids(page.content) == [tagged.pk]
    html = page.content.decode()
    assert "Tag: #refund" in html
    assert f"/desk/c/{tagged.pk}/?view=all&amp;tag=refund" in html
    assert 'data-rows-url="/desk/rows/?view=all&amp;tag=refund"' in html
    rows = mika.get(f"/desk/rows/?view=all&tag=refund&ids={tagged.pk},{other.pk}")
    assert ids(rows.content) == [tagged.pk]
    opened = mika.get(f"/desk/c/{tagged.pk}/?view=all&tag=refund")
    assert ids(opened.content) == [tagged.pk]


def test_what_a_form_left_empty_is_taken_out_of_the_address(mika: Client) -> None:
    answer = mika.get("/desk/", {"view": "all", "tag": "", "priority": "high", "text": ""})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/?view=all&priority=high")
    assert mika.get("/desk/", {"view": "all", "priority": "asap"}).status_code == 404
    assert mika.get("/desk/", {"view": "saved:77"}).status_code == 404


def test_the_form_behind_f_shows_how_the_list_is_narrowed(mika: Client) -> None:
    html = mika.get("/desk/narrow/?view=mine&priority=high&text=late+bag").content.decode()
    assert '<option value="mine" selected>' in html
    assert '<option value="high" selected>' in html
    assert 'value="late bag"' in html


def test_a_list_is_saved_counted_changed_and_thrown_away(
    company: Company, mika: Client, receive
) -> None:
    add_tag(receive(), "refund", by=company.mika)
    wish = {"view": "all&tag=refund", "name": "Refunds", "circle": "me", "icon": "flag"}
    answer = mika.post("/desk/views/add/", wish)
    view = SavedView.objects.get()
    assert answer["Location"] == f"/desk/?view=saved:{view.pk}"
    html = mika.get(answer["Location"]).content.decode()
    assert "<h2>Refunds</h2>" in html
    assert 'data-hotkey="g 1"' in html
    assert '<span class="num">1</span>' in html
    assert "Tag: #refund" in mika.get("/desk/views/").content.decode()
    mika.post("/desk/views/add/", wish | {"name": "Refunds!", "replace": str(view.pk)})
    view.refresh_from_db()
    assert (view.name, SavedView.objects.count()) == ("Refunds!", 1)
    team = {"name": "Ours", "circle": f"team:{company.service.pk}", "icon": "flag"}
    assert mika.post(f"/desk/views/{view.pk}/save/", team).status_code == 302
    view.refresh_from_db()
    assert (view.shared, view.team, view.narrowed) == ("team", company.service, {"tag": ["refund"]})
    assert mika.post("/desk/views/add/", wish | {"name": ""}).status_code == 422
    mika.post(f"/desk/views/{view.pk}/remove/")
    assert not SavedView.objects.exists()
