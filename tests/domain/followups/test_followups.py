"""Follow-ups: confirmed, reminded, kept by the next answer, broken at their time."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from harken.config.wiring import wire
from harken.domain.conversations.models import Conversation, Message, Place
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.snooze import UNTIL_THEY_WRITE, snooze
from harken.domain.followups.models import FollowUp
from harken.domain.followups.queries import listed, own_count, promised_in
from harken.domain.followups.services import done, drop, promise, write_down
from harken.domain.followups.services.promise import NotOpen, remind_at
from harken.domain.followups.services.remind import remind_ripe
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from harken.domain.replies.services.send import send
from harken.domain.replies.services.undo import undo
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed
from tests.domain.replies.conftest import (  # noqa: F401  (fixtures)
    Network,
    hold_over,
    network,
    outbox,
)

pytestmark = pytest.mark.django_db
SAID = "I'll call you by Friday."


@pytest.fixture(autouse=True)
def wired():
    wire()


@pytest.fixture
def reply(company, receive):
    more = {"client_key": uuid.uuid4(), "by": company.mika}
    return send(receive(), body=f"Hello Amara. {SAID}", **more)


@pytest.fixture
def followup(company, reply, outbox):  # noqa: F811
    made = promise_of(reply, company.mika)
    hold_over(reply)
    outbox.deliver()
    return made


def promise_of(reply, by, *, within=timedelta(days=2)):
    return promise(reply, what=SAID, starts=13, due_at=clock.now() + within, by=by)


def comes(followup, *, over: bool = False):
    """Its moment to look has come; with `over` its time is over."""
    past = clock.now() - timedelta(seconds=1)
    due = {"due_at": past} if over else {}
    FollowUp.objects.filter(pk=followup.pk).update(next_at=past, **due)


def answer_again(company, followup, outbox):  # noqa: F811
    more = {"client_key": uuid.uuid4(), "by": company.ben, "again": True}
    hold_over(send(followup.conversation, body="Hello Amara, it is done.", **more))
    outbox.deliver()
    followup.refresh_from_db()


def test_confirmed_twice_it_is_one(company, reply):
    first = promise_of(reply, company.mika)
    assert promise_of(reply, company.mika) == first
    assert Event.objects.filter(kind="FollowUpMade").count() == 1
    assert own_count(company.mika).alone() == 1


def test_only_its_author_and_leads_confirm_it(company, reply):
    for who in (company.ben, company.bea, company.vic):
        with pytest.raises(NotAllowed):
            promise_of(reply, who)
    assert promise_of(reply, company.lena).promised_by == company.mika


def test_a_moment_that_is_over_or_too_far_away_is_refused(company, reply):
    for within in (timedelta(seconds=-1), timedelta(days=400)):
        with pytest.raises(Invalid):
            promise_of(reply, company.mika, within=within)


def test_the_reminder_comes_four_hours_before_or_at_three_quarters():
    now = clock.now()
    assert remind_at(now, now + timedelta(days=3)) == now + timedelta(days=3, hours=-4)
    assert remind_at(now, now + timedelta(hours=4)) == now + timedelta(hours=3)


def test_the_answer_that_promises_does_not_keep_it(followup):
    assert Message.objects.filter(reply=followup.reply_id).exists()
    followup.refresh_from_db()
    assert followup.state == "open"


def test_reminded_it_stands_on_top_and_who_promised_hears_of_it(company, followup):
    comes(followup)
    assert remind_ripe() == 1
    assert remind_ripe() == 0
    followup.refresh_from_db()
    assert (followup.state, followup.next_at) == ("open", followup.due_at)
    assert Conversation.objects.get(pk=followup.conversation_id).woken_at is not None
    bell = Notification.objects.get(kind="followup")
    assert (bell.person, bell.text) == (company.mika, "What you promised is due soon")


def test_a_closed_or_snoozed_conversation_comes_back(company, followup):
    for aside in ("closed", "snoozed"):
        found = Conversation.objects.get(pk=followup.conversation_id)
        if aside == "closed":
            close(found, reason="", by=company.mika)
        else:
            snooze(found, UNTIL_THEY_WRITE, by=company.mika)
        comes(followup)
        assert remind_ripe() == 1
        found.refresh_from_db()
        assert (found.place, found.waiting_since) == (Place.OPEN, None)


def test_the_next_answer_keeps_it_whoever_writes_it(company, followup, outbox):  # noqa: F811
    answer_again(company, followup, outbox)
    assert (followup.state, followup.next_at) == ("kept", None)
    assert own_count(company.mika).alone() == 0
    kept = Event.objects.get(kind="FollowUpKept")
    assert kept.data["late"] is False


def test_without_an_answer_it_is_broken_at_its_time_and_the_lead_hears_of_it(company, followup):
    comes(followup, over=True)
    assert remind_ripe() == 1
    followup.refresh_from_db()
    assert followup.state == "broken"
    told = {each.person for each in Notification.objects.filter(kind="followup")}
    assert told == {company.mika, company.lena}
    assert list(listed(company.lena, "broken", mine=False)) == [followup]


def test_an_answer_after_its_time_does_it_late(company, followup, outbox):  # noqa: F811
    comes(followup, over=True)
    remind_ripe()
    answer_again(company, followup, outbox)
    assert followup.state == "late"


def test_sent_in_time_and_heard_of_later_it_was_never_broken(company, followup, outbox):  # noqa: F811
    soon = clock.now() + timedelta(hours=1)
    FollowUp.objects.update(broken_at=soon, due_at=soon, next_at=None)
    answer_again(company, followup, outbox)
    assert followup.state == "kept"


def test_an_answer_that_never_left_promised_nothing(company, reply):
    made = promise_of(reply, company.mika)
    undo(reply, by=company.mika)
    made.refresh_from_db()
    assert made.state == "dropped"


def test_done_by_telephone_is_done(company, followup):
    assert done(followup, by=company.ben).state == "kept"
    with pytest.raises(NotOpen):
        drop(followup, by=company.mika)


def test_done_after_its_time_is_late(company, followup):
    comes(followup, over=True)
    followup.refresh_from_db()
    assert done(followup, by=company.mika).state == "late"


def test_what_was_promised_by_telephone_is_kept_by_the_next_answer(
    company,
    followup,
    outbox,  # noqa: F811
):
    due = clock.now() + timedelta(days=2)
    made = write_down(followup.conversation, what="Call them", due_at=due, by=company.ben)
    assert (made.promised_by, made.next_at) == (company.ben, due - timedelta(hours=4))
    answer_again(company, made, outbox)
    assert made.state == "kept"
    for what, when in (("  ", due), ("Call", clock.now())):
        with pytest.raises(Invalid):
            write_down(followup.conversation, what=what, due_at=when, by=company.ben)


def test_only_who_promised_and_leads_drop_it(company, followup):
    for who in (company.ben, company.bea, company.vic):
        with pytest.raises(NotAllowed):
            drop(followup, by=who)
    assert drop(followup, by=company.mika).state == "dropped"


def test_rows_say_who_promised_and_by_when(company, followup):
    due = promised_in([followup.conversation_id, 0]).alone()[followup.conversation_id]
    assert (due.who, due.at, due.is_broken) == ("Mika", followup.due_at, False)


def test_another_team_s_are_not_shown(company, followup):
    assert list(listed(company.bea, "open", mine=False)) == []
    assert list(listed(company.ben, "open", mine=False)) == [followup]
    assert list(listed(company.ben, "open", mine=True)) == []
