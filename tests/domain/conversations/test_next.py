"""Taking the one that needs an answer first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import inbox
from harken.domain.conversations.services.assign import assign
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.next import take_next
from harken.domain.conversations.services.topics import move
from harken.domain.journal.models import Event
from harken.kit import clock
from harken.kit.refusals import NotAllowed

pytestmark = pytest.mark.django_db


def waits(receive, minutes: int, name: str) -> Conversation:
    came: Conversation = receive(by=name, sent_at=clock.now() - timedelta(minutes=minutes))
    return came


def test_the_longest_wait_comes_first_and_is_recorded(company, receive):
    later, first = waits(receive, 1, "amara"), waits(receive, 9, "jonas")
    taken = take_next("hot", by=company.mika)
    assert taken == first
    assert taken.assignee == company.mika
    assert Event.objects.get(kind="ConversationAssigned").conversation_id == first.pk
    assert take_next("hot", by=company.ben) == later
    assert take_next("hot", by=company.lena) is None


def test_next_is_the_top_of_the_hot_view_until_nobody_waits(company, receive):
    for minutes in (3, 7, 1, 5, 2):
        waits(receive, minutes, f"customer-{minutes}")
    shown = [row.id for row in inbox(company.mika, "hot").rows]
    taken = [take_next("hot", by=company.mika) for _ in shown]
    assert [one.pk for one in taken if one] == shown
    assert take_next("hot", by=company.mika) is None


def test_what_a_colleague_has_or_nobody_waits_in_is_left_alone(company, receive):
    assign(waits(receive, 9, "amara"), to=company.ben, by=company.lena)
    close(waits(receive, 8, "jonas"), reason="spam", by=company.lena)
    free = waits(receive, 1, "selin")
    assert take_next("mine", by=company.mika) == free
    assert take_next("closed", by=company.mika) is None


def test_another_team_s_and_written_in_conversations_are_stepped_over(company, receive):
    move(waits(receive, 9, "amara"), to=company.billing, by=company.maren)
    written_in, free = waits(receive, 8, "jonas"), waits(receive, 1, "selin")
    assert take_next("hot", by=company.mika, without=[written_in.pk]) == free
    assert take_next("hot", by=company.mika, without=[written_in.pk]) is None


def test_a_team_s_view_keeps_to_that_team(company, receive):
    ours = waits(receive, 9, "amara")
    theirs = move(waits(receive, 1, "jonas"), to=company.billing, by=company.maren)
    assert take_next("team:billing", by=company.maren) == theirs
    assert take_next("team:billing", by=company.maren) is None
    assert take_next("team:service", by=company.maren) == ours


def test_viewers_take_nothing(company, receive):
    waits(receive, 1, "amara")
    with pytest.raises(NotAllowed):
        take_next("hot", by=company.vic)
