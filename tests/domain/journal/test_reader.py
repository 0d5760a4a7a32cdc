"""The journal's reader never steps over a row that commits late."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from harken.domain.journal.models import Event
from harken.domain.journal.queries import Position, after, horizon
from harken.domain.journal.services import Happened, record


class SomethingHappened(Happened):
    """An event for these tests."""


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_with_a_smaller_id_is_still_read():
    start = horizon()
    slow = connection.copy()
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute(
                "INSERT INTO journal_event (kind, teams, data) VALUES ('Slow', '{}', '{}')"
            )
        with transaction.atomic():
            quick = record(SomethingHappened())
        assert after(start) == []  # the quick one waits behind the slow one
        slow.commit()
        read = after(start)
        assert [entry.kind for entry in read] == ["Slow", "SomethingHappened"]
        assert read[1].position.id == quick.pk
        assert after(read[1].position) == []
    finally:
        slow.close()


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        record(SomethingHappened())
    assert not Event.objects.exists()


def test_positions_have_a_text_form_and_refuse_nonsense():
    assert Position.parse("12-34") == Position(12, 34)
    assert str(Position(12, 34)) == "12-34"
    for text in ("", "12", "a-b", "1-²", "12-34-56x"):
        with pytest.raises(ValueError, match="not a journal position"):
            Position.parse(text)
