"""Shapes the copy check no longer looks at leave in bounded batches; all others stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from harken.config.processes import _beside_the_delivery
from harken.domain.replies import tidying
from harken.domain.replies.models import Reply, ReplyShape
from harken.domain.replies.queries_alike import earlier_like

pytestmark = pytest.mark.django_db
TEXT = "We are sorry about your parcel, the van broke down and it comes tomorrow at noon."


@pytest.fixture
def shapes(answer, receive):
    """Let answers be written so many days ago, each to another customer."""

    def write(*days: int) -> list[int]:
        made = [answer(TEXT, conversation=receive(by=f"guest{ago}")).pk for ago in days]
        for pk, ago in zip(made, days, strict=True):
            moment = Now() - timedelta(days=ago)
            ReplyShape.objects.filter(reply=pk).update(written_at=moment)
        return made

    return write


def there() -> list[int]:
    return list(ReplyShape.objects.order_by("pk").values_list("pk", flat=True))


def test_shapes_older_than_the_copy_check_looks_leave_and_the_answers_stay(shapes):
    written = shapes(400, 32, 30, 0)
    assert tidying.tidy() == 2
    assert there() == written[2:]
    assert Reply.objects.count() == 4


def test_what_the_copy_check_can_find_is_never_deleted(shapes, receive, company):
    old, found, _ = shapes(31, 29, 0)
    conversation = receive(by="somebody")
    before = earlier_like(TEXT, conversation, by=company.mika)
    tidying.tidy()
    assert found in {each.reply for each in before}
    assert old not in {each.reply for each in before}
    assert earlier_like(TEXT, conversation, by=company.mika) == before


def test_many_leave_in_batches_one_after_the_other(shapes, monkeypatch):
    monkeypatch.setattr(tidying, "AT_ONCE", 2)
    written = shapes(50, 49, 48, 47, 46, 1)
    assert [tidying.look() for _ in range(3)] == [0.0, 0.0, tidying.PAUSE]
    assert there() == written[5:]


def test_every_worker_does_it():
    assert _beside_the_delivery()["shapes"] is tidying.run
