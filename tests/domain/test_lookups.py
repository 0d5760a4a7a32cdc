"""Several questions in one statement have the answers they have one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from harken.domain.conversations.models import Conversation
from harken.domain.lookups import Lookup, greatest, look_up, number_of
from harken.domain.people.models import User
from harken.kit import clock
from tests.cast import Company

COLUMNS = ("id", "username", "is_active", "last_login")


def test_rows_come_together_as_they_come_alone(company: Company) -> None:
    moment = clock.now() - timedelta(days=2, microseconds=7)
    User.objects.filter(pk=company.mika.pk).update(last_login=moment, username="O'Hara \\ ü%s")
    people = Lookup(User.objects.order_by("-username").values_list(*COLUMNS), list)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = look_up(people=people, same=people)
    assert len(asked.captured_queries) == 1
    assert found["people"] == found["same"] == people.alone()
    assert (company.mika.pk, "O'Hara \\ ü%s", True, moment) in found["people"]


def test_numbers_and_newest_are_those_the_database_counts(company: Company, receive) -> None:
    for who in ("amara", "tomasz"):
        receive("Where is my bag?", by=who)
    open_ones = Conversation.objects.filter(place="open")
    none = Conversation.objects.filter(place="closed")
    found = look_up(
        open=number_of(open_ones),
        closed=number_of(none),
        newest=greatest(open_ones, "waits_since"),
        nothing=greatest(none, "waits_since"),
    )
    newest = open_ones.latest("waits_since").waits_since
    assert found == {"open": 2, "closed": 0, "newest": newest, "nothing": None}
    assert number_of(open_ones).alone() == 2
    assert greatest(open_ones, "waits_since").alone() == newest


def test_what_cannot_match_is_not_asked(company: Company) -> None:
    nobody = Lookup(User.objects.filter(pk__in=[]).values_list("pk"), list)
    with CaptureQueriesContext(connection) as asked:
        assert look_up(nobody=nobody) == {"nobody": []}
    assert asked.captured_queries == []
    assert look_up(nobody=nobody, people=number_of(User.objects.all()))["people"] == 7


@pytest.mark.django_db
def test_a_column_that_json_would_bend_is_refused() -> None:
    days = User.objects.annotate(span=Value(timedelta(days=1))).values_list("span")
    with pytest.raises(TypeError, match="a lookup cannot bring"):
        look_up(spans=Lookup(days, list))
