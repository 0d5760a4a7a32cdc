"""After a test that commits the next one finds what it would find after Django's own emptying."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from harken.domain.conversations.models import Message
from tests import emptying
from tests.cast import make_company, post

pytestmark = pytest.mark.django_db(transaction=True)


def rows() -> dict[str, int]:
    """How many there are in each table that has any."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")
            found[name] = cursor.fetchone()[0]
    return {name: number for name, number in found.items() if number}


def company_with_a_message() -> None:
    from harken.domain.conversations.services.receive import receive_posts

    receive_posts(make_company().channel, [post()])


def test_no_row_is_left_but_what_the_code_says_of_itself() -> None:
    company_with_a_message()
    assert Message.objects.count() == 1
    types, permissions = ContentType.objects.count(), Permission.objects.count()
    assert emptying.empty()
    left = {"django_content_type": types, "auth_permission": permissions}
    assert rows() == left
    company_with_a_message()  # and all can be written once more


def test_what_has_grown_large_is_left_to_django(monkeypatch: pytest.MonkeyPatch) -> None:
    company_with_a_message()
    before = rows()
    monkeypatch.setattr(emptying, "LARGE", 0)
    assert not emptying.empty()
    assert rows() == before
