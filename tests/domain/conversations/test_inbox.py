"""The lists of the desk: order, paging, counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import counts, inbox, row
from harken.domain.conversations.services.assign import take
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.receive import receive_posts
from harken.kit import clock
from tests.cast import post

pytestmark = pytest.mark.django_db


def test_hot_shows_the_least_time_left_first_and_pages_without_gaps(company):
    now = clock.now()
    posts = [post(f"n{n}", by=f"p{n}", sent_at=now - timedelta(minutes=n)) for n in range(7)]
    receive_posts(company.channel, posts)
    seen, before = [], None
    while True:
        page = inbox(company.mika, "hot", before=before, limit=3)
        seen += [line.snippet for line in page.rows]
        before = page.next
        if before is None:
            break
    assert seen == [f"n{n}" for n in reversed(range(7))]
    newest = inbox(company.mika, "all", limit=3)
    assert [line.snippet for line in newest.rows] == ["n0", "n1", "n2"]
    assert [r.snippet for r in inbox(company.mika, "all", before=newest.next, limit=3).rows] == [
        "n3",
        "n4",
        "n5",
    ]


def test_counts_say_who_waits_and_since_when(company, receive):
    first = receive(by="eva", sent_at=clock.now() - timedelta(minutes=3))
    take(first, by=company.mika)
    close(receive(by="tom"), reason="spam", by=company.mika)
    found = counts(company.mika)
    assert found.views == {
        "hot": 1,
        "mine": 1,
        "unassigned": 0,
        "unowned": 0,
        "all": 1,
        "snoozed": 0,
        "team:service": 1,
    }
    assert found.waiting == 1
    assert found.oldest == first.waiting_since
    assert (found.next_due, found.due_seconds) == (first.due_at, 60)
    assert counts(company.bea).waiting == 0


def test_a_row_leaves_the_view_it_no_longer_fits(company, receive):
    conversation = receive()
    assert row(company.mika, conversation.pk, "unassigned") is not None
    take(conversation, by=company.mika)
    assert row(company.mika, conversation.pk, "unassigned") is None
    assert row(company.mika, conversation.pk, "mine") is not None
    assert row(company.bea, conversation.pk) is None


def test_a_view_that_does_not_exist_is_an_error(company):
    with pytest.raises(ValueError, match="no view"):
        inbox(company.mika, "secret")


def test_whoever_was_promised_nothing_comes_after_everybody_else(company):
    now = clock.now()
    posts = [post(f"n{n}", by=f"p{n}", sent_at=now - timedelta(minutes=n)) for n in range(6)]
    receive_posts(company.channel, posts)
    Conversation.objects.filter(snippet__in=["n1", "n5"]).update(due_at=None)
    Conversation.objects.filter(snippet__in=["n2", "n3"]).update(due_at=now)
    seen, before = [], None
    while True:
        page = inbox(company.mika, "hot", before=before, limit=1)
        seen += [line.snippet for line in page.rows]
        before = page.next
        if before is None:
            break
    assert seen == ["n4", "n3", "n2", "n0", "n5", "n1"]
