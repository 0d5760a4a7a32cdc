"""Setting a conversation aside until a moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.models_set_aside import Snooze
from harken.domain.conversations.queries import counts, inbox, row
from harken.domain.conversations.services.assign import assign, take
from harken.domain.conversations.services.close import close, reopen
from harken.domain.conversations.services.next import take_next
from harken.domain.conversations.services.snooze import (
    UNTIL_THEY_WRITE,
    StillWaits,
    latest_for,
    snooze,
    wake,
)
from harken.domain.conversations.waking import wake_ripe
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from harken.domain.sla import alarms
from harken.domain.sla.models import SLAPolicy
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed, Refusal

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
OPEN_VIEWS = ("hot", "mine", "unassigned", "all", "team:service")


@pytest.fixture
def answered(company, receive):
    """A conversation of Mika's in which nobody waits."""
    found = receive()
    close(found, reason="thanks", by=company.mika)
    return take(reopen_settled(found), by=company.mika)


def reopen_settled(found: Conversation) -> Conversation:
    Conversation.objects.filter(pk=found.pk).update(state="open", closed_at=None)
    return Conversation.objects.get(pk=found.pk)


def let_it_be(conversation: Conversation, moment: timedelta) -> None:
    """As if the snooze had been made so long before."""
    until = clock.now() + moment
    Snooze.objects.filter(conversation=conversation, ended_at=None).update(until=until)
    Conversation.objects.filter(pk=conversation.pk).update(snoozed_until=until)


def shown(user, view: str) -> list[int]:
    return [row.id for row in inbox(user, view).rows]


def test_a_snoozed_conversation_is_in_the_snoozed_view_and_in_no_other(company, answered):
    snooze(answered, clock.now() + HOUR, by=company.mika)
    for view in OPEN_VIEWS:
        assert shown(company.mika, view) == []
    assert shown(company.mika, "snoozed") == [answered.pk]
    found = counts(company.mika).views
    assert (found["snoozed"], found["all"], found["mine"]) == (1, 0, 0)


def test_it_wakes_at_its_moment_on_top_and_not_before(company, answered, receive):
    snooze(answered, clock.now() + HOUR, by=company.mika)
    newer = receive(by="jonas")
    assert wake_ripe() == 0
    let_it_be(answered, timedelta(seconds=-0.1))
    assert (wake_ripe(), wake_ripe()) == (1, 0)
    assert shown(company.mika, "all") == [answered.pk, newer.pk]
    woken = row(company.mika, answered.pk)
    assert woken
    assert (woken.snoozed_by, woken.snoozed_until) == ("Mika", None)
    event = Event.objects.get(kind="SnoozeEnded")
    assert (event.actor_id, event.data["why"]) == (None, "moment")
    assert event.data["snoozer"] == company.mika.pk


def test_whoever_takes_a_woken_one_up_takes_it_from_the_top(company, answered):
    snooze(answered, clock.now() + HOUR, by=company.mika)
    let_it_be(answered, timedelta(seconds=-1))
    wake_ripe()
    assign(answered, to=company.ben, by=company.lena)
    found = row(company.mika, answered.pk)
    assert found
    assert found.snoozed_by is None
    assert found.listed_at == found.last_message_at


def test_the_customer_s_next_message_always_wakes(company, answered, receive):
    snooze(answered, UNTIL_THEY_WRITE, by=company.mika)
    again = receive("And now?", root_id=answered.thread_key)
    assert again == answered
    assert shown(company.mika, "hot") == [answered.pk]
    assert Snooze.objects.get().ended_why == "customer"


def test_somebody_can_wake_it_and_a_second_snooze_replaces_the_first(company, answered):
    snooze(answered, clock.now() + HOUR, by=company.mika)
    snooze(answered, clock.now() + 2 * HOUR, by=company.ben)
    assert [one.ended_why for one in Snooze.objects.order_by("pk")] == ["again", ""]
    assert wake(answered, by=company.lena).place == "open"
    assert Snooze.objects.filter(ended_why="person", ended_by=company.lena).count() == 1
    assert wake(answered, by=company.lena).place == "open"


def test_closing_ends_the_snooze(company, answered):
    snooze(answered, clock.now() + HOUR, by=company.mika)
    assert close(answered, reason="", by=company.ben).snoozed_until is None
    assert reopen(answered, by=company.ben).state == "open"
    assert shown(company.mika, "all") == [answered.pk]
    assert Snooze.objects.get().ended_why == "closed"


def test_who_waits_is_snoozed_only_with_a_reason_and_not_past_the_promise(company, receive):
    SLAPolicy.objects.update(first_response=3600)
    waits = receive()
    latest = latest_for(waits)
    assert latest == waits.due_at - timedelta(minutes=15)
    with pytest.raises(StillWaits, match="Say why"):
        snooze(waits, latest, by=company.mika)
    with pytest.raises(StillWaits, match="clock runs on"):
        snooze(waits, latest + timedelta(seconds=1), by=company.mika, reason="asked the depot")
    with pytest.raises(StillWaits):
        snooze(waits, UNTIL_THEY_WRITE, by=company.mika, reason="asked the depot")
    due = waits.due_at
    asleep = snooze(waits, latest, by=company.mika, reason="asked the depot")
    assert asleep.due_at == due
    assert take_next("hot", by=company.ben) is None


def test_an_alarm_wakes_whoever_waits_asleep(company, receive):
    SLAPolicy.objects.update(first_response=3600)
    waits = receive()
    snooze(waits, clock.now() + 0.5 * HOUR, by=company.mika, reason="asked the depot")
    waits.appliedsla_set.update(alarm_at=clock.now())
    assert alarms.ring() == 1
    assert shown(company.mika, "hot") == [waits.pk]
    assert Snooze.objects.get().ended_why == "due"


def test_who_is_due_now_cannot_be_snoozed(company, receive):
    waits = receive(sent_at=clock.now() - timedelta(seconds=50))
    with pytest.raises(StillWaits, match="due"):
        snooze(waits, clock.now() + timedelta(seconds=5), by=company.mika, reason="no")


@pytest.mark.parametrize("hours", [-1, 0, 24 * 367])
def test_the_past_and_more_than_a_year_are_refused(company, answered, hours):
    with pytest.raises(Invalid):
        snooze(answered, clock.now() + hours * HOUR, by=company.mika)


def test_viewers_and_closed_conversations_do_not_snooze(company, answered):
    with pytest.raises(NotAllowed):
        snooze(answered, clock.now() + HOUR, by=company.vic)
    with pytest.raises(NotAllowed):
        wake(answered, by=company.vic)
    close(answered, reason="", by=company.mika)
    with pytest.raises(Refusal, match="closed"):
        snooze(answered, clock.now() + HOUR, by=company.mika)


def test_the_snoozed_view_pages_by_the_next_to_wake(company, receive):
    ids = []
    for number in range(5):
        found = receive(by=f"customer-{number}")
        close(found, reason="thanks", by=company.mika)
        snooze(reopen_settled(found), clock.now() + (9 - number) * HOUR, by=company.mika)
        ids.append(found.pk)
    first = inbox(company.mika, "snoozed", limit=2)
    rest = inbox(company.mika, "snoozed", before=first.next, limit=9)
    assert [row.id for row in first.rows + rest.rows] == ids[::-1]


def test_the_snoozer_is_told_when_it_comes_back_by_itself(company, answered):
    assign(answered, to=company.ben, by=company.mika)
    Notification.objects.all().delete()
    snooze(answered, clock.now() + HOUR, by=company.mika)
    wake(answered, by=company.lena)
    assert not Notification.objects.exists()
    snooze(answered, clock.now() + HOUR, by=company.mika)
    let_it_be(answered, timedelta(seconds=-1))
    wake_ripe()
    told = Notification.objects.get()
    assert (told.kind, told.person) == ("snooze_over", company.mika)
