"""Getting in and out: the pages are ours, nothing on them needs an exception from the policy."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from harken.domain.people.models import User
from tests.cast import Company

INLINE = re.compile(r"<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)
OPEN_PAGES = ["account_login", "account_signup", "account_reset_password"]
OWN_PAGES = ["account_logout", "account_change_password", "account_email"]


@pytest.mark.parametrize("name", [*OPEN_PAGES, "account_reset_password_done"])
def test_pages_for_visitors_are_in_the_house_style_and_hold_the_policy(db: None, name: str) -> None:
    answer = Client().get(reverse(name))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "css/account.css" in page
    assert not INLINE.search(page)
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", OWN_PAGES)
def test_account_pages_are_in_the_house_style_and_hold_the_policy(
    company: Company, name: str
) -> None:
    client = Client()
    client.force_login(company.mika)
    answer = client.get(reverse(name))
    page = answer.content.decode()
    assert "css/account.css" in page
    assert not INLINE.search(page)


def test_a_person_signs_in_by_name_or_address_and_lands_on_the_desk(company: Company) -> None:
    for login in ("mika", "mika@meridian.example"):
        client = Client()
        values = {"login": login, "password": "secret-mika"}
        answer = client.post(reverse("account_login"), values, follow=True)
        assert answer.request["PATH_INFO"].startswith("/desk/")


def test_a_wrong_password_is_told_beside_the_form(company: Company) -> None:
    values = {"login": "mika", "password": "not-this-one"}
    answer = Client().post(reverse("account_login"), values)
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert "not-this-one" not in page


def test_nobody_signs_up_by_themselves(db: None) -> None:
    values = {"username": "eve", "email": "eve@x.example", "password1": "longenough-77"}
    answer = Client().post(reverse("account_signup"), values | {"password2": "longenough-77"})
    assert "Nobody signs up by themselves" in answer.content.decode()
    assert not User.objects.exists()


def test_signing_out_ends_the_session(company: Company) -> None:
    client = Client()
    client.force_login(company.mika)
    assert client.get("/desk/").status_code == 200
    client.post(reverse("account_logout"))
    assert client.get("/desk/").status_code == 302


def test_a_forgotten_password_tells_nobody_which_addresses_exist(company: Company) -> None:
    pages = []
    for address in ("mika@meridian.example", "nobody@meridian.example"):
        answer = Client().post(reverse("account_reset_password"), {"email": address}, follow=True)
        pages.append((answer.status_code, re.sub(r"\s+", " ", answer.content.decode())))
    assert pages[0] == pages[1]


def test_the_link_in_the_mail_sets_a_new_password_once(company: Company) -> None:
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "mika@meridian.example"})
    link = re.search(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    assert link is not None
    form = client.get(link[1], follow=True)
    assert "Choose a new password" in form.content.decode()
    values = {"password1": "a-new-and-long-one", "password2": "a-new-and-long-one"}
    client.post(form.request["PATH_INFO"], values)
    assert Client().login(username="mika", password="a-new-and-long-one")
    used = Client().get(link[1], follow=True)
    assert "This link has been used" in used.content.decode()
