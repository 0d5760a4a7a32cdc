"""The checks page: weights by brand and role, lists with a trial, errors at their column."""

from __future__ import annotations

import pytest
from django.test import Client

from harken.domain.people.models import Brand
from harken.domain.replies.models_checks import BrandWord, CheckSetting
from tests.cast import Company

PAGE = "/manage/checks/"


@pytest.fixture
def lead(company: Company) -> Client:
    client = Client()
    client.force_login(company.lena)
    return client


def test_weights_are_set_for_a_role_and_go_back_to_the_usual(lead: Client) -> None:
    asked = {"role": "agent", "severity-name": "block", "severity-tone": ""}
    assert lead.post(f"{PAGE}weigh/", asked).status_code == 302
    assert list(CheckSetting.objects.values_list("role", "check_key", "severity")) == [
        ("agent", "name", "block")
    ]
    html = lead.get(f"{PAGE}?role=agent").content.decode()
    assert '<option value="block" selected>' in html
    lead.post(f"{PAGE}weigh/", asked | {"severity-name": ""})
    assert not CheckSetting.objects.exists()


def test_an_unknown_weight_changes_nothing(lead: Client) -> None:
    asked = {"severity-name": "warn", "severity-tone": "deadly"}
    assert lead.post(f"{PAGE}weigh/", asked).status_code == 422
    assert not CheckSetting.objects.exists()


def test_another_brand_is_left_to_its_own_leads(company: Company, lead: Client) -> None:
    Brand.objects.create(name="Solstice", slug="solstice")
    asked = {"brand": "solstice", "severity-name": "off"}
    assert lead.post(f"{PAGE}weigh/", asked).status_code == 403
    lead.force_login(company.maren)
    assert lead.post(f"{PAGE}weigh/", asked).status_code == 302


def test_trying_shows_what_is_found_and_saves_nothing(lead: Client) -> None:
    asked = {"do": "try", "forbidden": "cheap*\n/vip-\\d{4}/", "text": "Cheapest VIP-2231 <b>now"}
    html = lead.post(f"{PAGE}words/", asked).content.decode()
    assert "<mark>Cheapest</mark>" in html
    assert "<mark>VIP-2231</mark> &lt;b&gt;now" in html
    assert not BrandWord.objects.exists()


def test_a_broken_pattern_is_shown_at_its_column_and_what_was_typed_is_kept(lead: Client) -> None:
    asked = {"do": "save", "risky": "voucher\n/ab(cd/", "forbidden": "cheap"}
    response = lead.post(f"{PAGE}words/", asked)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Line 2" in html
    assert "at column 4" in html
    assert "/ab<mark>(cd/</mark>" in html
    assert "voucher\n/ab(cd/</textarea>" in html
    assert not BrandWord.objects.exists()


def test_saved_lists_are_shown_again(lead: Client) -> None:
    asked = {"do": "save", "risky": "voucher", "forbidden": "", "ours": "meridian.example"}
    assert lead.post(f"{PAGE}words/", asked).status_code == 302
    html = lead.get(PAGE).content.decode()
    assert "voucher</textarea>" in html
    assert "meridian.example</textarea>" in html
