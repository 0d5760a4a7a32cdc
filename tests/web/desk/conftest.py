"""What the tests of the desk share: a browser signed in as somebody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from harken.domain.people.models import User
from tests.cast import Company


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A client of that person; every call is another browser."""

    def signed_in(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return signed_in


@pytest.fixture
def mika(company: Company, sign_in: Callable[[User], Client]) -> Client:
    """The browser of Mika, an agent in service."""
    return sign_in(company.mika)


@pytest.fixture
def vic(company: Company, sign_in: Callable[[User], Client]) -> Client:
    """The browser of Vic, who only looks on."""
    return sign_in(company.vic)
