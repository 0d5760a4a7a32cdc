"""What every test can ask for; the people and conversations are in `tests.cast`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

pytest_plugins = ["tests.cast"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Name the test database after this process, so that runs side by side never meet."""
    from django.conf import settings

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_{worker}_{os.getpid()}"
    yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hash test passwords cheaply: a hundred logins should not cost a hundred seconds."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
