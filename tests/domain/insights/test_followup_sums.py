"""The follow-ups of a day add up, and each is one of its rows."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from harken.domain.followups.models import FollowUp
from harken.domain.followups.queries import due_between
from harken.domain.insights.reports.followups import followup_sums
from harken.domain.replies.services.send import send
from harken.kit import clock

pytestmark = pytest.mark.django_db
STATES = ("open", "open", "kept", "kept", "kept", "late", "broken", "dropped")


@pytest.fixture
def day(company, receive):
    """One follow-up in each of the states, all due in one hour."""
    reply = send(receive(), body="On Friday.", client_key=uuid.uuid4(), by=company.mika)
    due = clock.now() - timedelta(hours=2)
    for number, state in enumerate(STATES):
        FollowUp.objects.create(
            conversation=reply.conversation,
            reply=reply,
            starts=number,
            what=state,
            due_at=due,
            promised_by=company.mika,
            kept_at=due if state in {"kept", "late"} else None,
            broken_at=due if state in {"late", "broken"} else None,
            dropped_at=due if state == "dropped" else None,
        )
    return due - timedelta(hours=1), due + timedelta(hours=1)


def test_what_was_due_is_kept_late_broken_or_open(company, day):
    sums = followup_sums(company.mika, *day)
    assert (sums.due, sums.kept, sums.late, sums.broken, sums.open) == (7, 3, 1, 1, 2)
    assert sums.rate == 3 / 5
    assert due_between(company.mika, *day).count() == sums.due


def test_what_is_due_at_the_end_belongs_to_the_next_day(company, day):
    start, end = day
    due = start + timedelta(hours=1)
    assert followup_sums(company.mika, start, due).due == 0
    assert followup_sums(company.mika, due, end).due == 7
    assert followup_sums(company.mika, start, due).rate is None


def test_another_team_s_follow_ups_count_nowhere(company, day):
    assert followup_sums(company.bea, *day).due == 0
