"""The encrypted login: durable, never readable in the database, never overwritten by old news."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from harken.domain.channels.credentials import StoredSecrets, store_login
from harken.domain.channels.models import Credential
from harken.kit.connector import Secrets
from tests.cast import Company


@pytest.fixture
def stored(company: Company) -> StoredSecrets:
    store_login(company.channel.pk, {"password": "old-and-secret"})
    return StoredSecrets(company.channel.pk)


def test_stored_secrets_are_what_a_connector_is_given(stored: StoredSecrets) -> None:
    secrets: Secrets = stored
    assert secrets.load() == {"password": "old-and-secret"}


def test_what_was_saved_is_loaded(stored: StoredSecrets) -> None:
    values = stored.load()
    stored.save(values | {"token": "t-1"})
    stored.save(values | {"token": "t-2"})
    assert stored.load() == {"password": "old-and-secret", "token": "t-2"}


def test_the_database_holds_no_readable_secret(stored: StoredSecrets) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM channels_credential")
        (raw,) = cursor.fetchone()
    assert raw
    assert "old-and-secret" not in raw
    assert "password" not in raw


def test_a_stale_process_does_not_overwrite_newer_tokens(
    company: Company, stored: StoredSecrets
) -> None:
    behind = StoredSecrets(company.channel.pk)
    behind.load()
    stored.load()
    stored.save({"token": "newer"})
    behind.save({"token": "older"})
    assert stored.load() == {"token": "newer"}
    assert behind.load() == {"token": "newer"}


def test_a_new_login_of_a_person_survives_a_refresh_that_was_under_way(
    company: Company, stored: StoredSecrets
) -> None:
    stored.load()
    store_login(company.channel.pk, {"password": "new"})
    stored.save({"password": "old-and-secret", "token": "refreshed"})
    assert stored.load() == {"password": "new"}


def test_a_save_before_any_load_changes_nothing(stored: StoredSecrets) -> None:
    stored.save({"token": "from nowhere"})
    assert stored.load() == {"password": "old-and-secret"}


def test_a_channel_without_a_login_has_empty_secrets(company: Company) -> None:
    secrets = StoredSecrets(company.channel.pk)
    assert secrets.load() == {}
    secrets.save({"token": "t"})
    assert not Credential.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_saving_inside_a_transaction_is_refused_because_it_would_not_be_durable() -> None:
    secrets = StoredSecrets(1)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        secrets.save({"token": "t"})
