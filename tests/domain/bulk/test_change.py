"""Changing many at once: the preview tells the truth, each gets its own change, and it can stop."""

from __future__ import annotations

from uuid import uuid4

import pytest

from harken.domain.bulk.models import BulkChange, ItemState, Progress
from harken.domain.bulk.queries import Wish, left_alone, preview, tally
from harken.domain.bulk.services import run
from harken.domain.bulk.services.run import once, start, stop, work
from harken.domain.bulk.services.undo import NotYet, undo
from harken.domain.bulk.tasks import turn
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.assign import take
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.priority import set_priority
from harken.domain.conversations.services.tags import add_tag
from harken.domain.conversations.services.topics import move, set_topic
from harken.domain.journal.models import Event
from harken.domain.presence.services import write
from harken.kit.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def crowd(receive, many=6):
    return [receive(f"question {n}", by=f"guest{n}") for n in range(many)]


def test_the_preview_says_how_many_will_and_why_the_others_will_not(company, receive):
    everybody = crowd(receive)
    take(everybody[0], by=company.mika)
    take(everybody[1], by=company.ben)
    write(everybody[2], by=company.ben, tab=uuid4())
    found = preview(Wish(action="take", view="all"), by=company.mika)
    assert (found.words, found.total, found.will) == ("Taken", 6, 3)
    assert dict(found.left) == {
        "already so": 1,
        "a colleague has them": 1,
        "a colleague writes there just now": 1,
    }
    change = start(Wish(action="take", view="all"), by=company.mika)
    assert change.state == Progress.DONE
    assert tally(change)[ItemState.CHANGED] == 3
    assert Conversation.objects.filter(assignee=company.mika).count() == 4
    assert {item.why for item, seen in left_alone(change, company.mika) if seen} == dict(
        found.left
    ).keys()


@pytest.mark.parametrize(
    ("action", "value", "will"),
    [
        ("assign", "mika", 5),
        ("assign", "", 1),
        ("assign", "bea", 0),
        ("team", "billing", 6),
        ("topic", "baggage", 5),
        ("topic", "", 1),
        ("tag", "Late Refund", 5),
        ("untag", "late-refund", 1),
        ("priority", "high", 5),
        ("close", "", 0),
        ("close", "spam", 6),
        ("snooze", "1h", 0),
    ],
)
def test_every_action_changes_as_many_as_its_preview_says(company, receive, action, value, will):
    first = crowd(receive)[0]
    take(first, by=company.mika)
    set_topic(first, company.baggage, by=company.mika)
    add_tag(first, "late refund", by=company.mika)
    set_priority(first, "high", by=company.mika)
    known = {"mika": company.mika, "bea": company.bea, "billing": company.billing}
    known["baggage"] = company.baggage
    wish = Wish(action=action, value=str(known[value].pk) if value in known else value, view="all")
    assert preview(wish, by=company.maren).will == will
    if not will:
        with pytest.raises(Invalid):
            start(wish, by=company.maren)
        return
    change = start(wish, by=company.maren)
    assert tally(change)[ItemState.CHANGED] == will
    assert preview(wish, by=company.maren).will == 0


def test_those_who_do_not_wait_are_closed_without_a_reason_and_snoozed(company, receive):
    waiting, done = crowd(receive, 2)
    Conversation.objects.filter(pk=done.pk).update(waiting_since=None, turn=None)
    wish = Wish(action="snooze", value="reply", view="all")
    assert dict(preview(wish, by=company.mika).left) == {
        "their customer waits; snooze those one by one": 1
    }
    start(wish, by=company.mika)
    done.refresh_from_db()
    assert done.place == "snoozed"
    change = start(Wish(action="close", ids=(waiting.pk, done.pk)), by=company.mika)
    assert {i.conversation_id: i.state for i in change.items.all()} == {
        waiting.pk: ItemState.LEFT,
        done.pk: ItemState.CHANGED,
    }
    undo(change, by=company.mika)
    done.refresh_from_db()
    assert done.place == "snoozed"


def test_nobody_changes_what_they_cannot_see_or_may_not_change(company, receive):
    theirs = move(receive(), to=company.billing, by=company.maren)
    with pytest.raises(Invalid):
        start(Wish(action="priority", value="high", ids=(theirs.pk,)), by=company.mika)
    with pytest.raises(NotAllowed):
        start(Wish(action="priority", value="high", view="all"), by=company.vic)
    theirs.refresh_from_db()
    assert theirs.priority == "normal"


@pytest.mark.parametrize(
    "wish",
    [
        Wish(action="explode"),
        Wish(action="priority", value="asap"),
        Wish(action="assign", value="999999"),
        Wish(action="tag", value=" "),
        Wish(action="untag", value="never-used"),
        Wish(action="close", value="boredom"),
        Wish(action="snooze", value="forever"),
        Wish(action="take", view="saved:99"),
    ],
)
def test_what_makes_no_sense_is_refused(company, receive, wish):
    receive()
    with pytest.raises(Invalid):
        start(wish, by=company.mika)


def test_a_large_change_goes_on_in_the_worker_and_can_be_stopped(company, receive, monkeypatch):
    monkeypatch.setattr(run, "AT_ONCE", 2)
    crowd(receive, 8)
    wish = Wish(action="priority", value="high", view="all")
    change = start(wish, by=company.mika)
    assert (change.state, tally(change)[ItemState.WAITING]) == (Progress.RUNNING, 8)
    assert work(change, 3)
    with pytest.raises(NotYet):
        undo(change, by=company.mika)
    with pytest.raises(NotAllowed):
        stop(change, by=company.ben)
    stop(change, by=company.mika)
    assert not turn()
    assert tally(change) == {
        "waiting": 0,
        "changed": 3,
        "left": 5,
        "undone": 0,
        "kept": 0,
    }
    assert Conversation.objects.filter(priority="high").count() == 3
    undo(change, by=company.mika)
    assert not Conversation.objects.filter(priority="high").exists()
    again = start(wish, by=company.mika)
    while turn():
        pass
    again.refresh_from_db()
    assert (again.state, tally(again)[ItemState.CHANGED]) == (Progress.DONE, 8)


def test_one_thing_done_by_hand_can_be_taken_back_the_same_way(company, receive):
    conversation = receive()
    closed, change = once(
        conversation,
        "close",
        lambda: close(conversation, reason="spam", by=company.mika),
        by=company.mika,
    )
    assert closed.state == "closed"
    assert change is not None
    undo(change, by=company.mika)
    back = Conversation.objects.get(pk=conversation.pk)
    assert (back.state, back.waiting_since, back.due_at) == (
        "open",
        conversation.waiting_since,
        conversation.due_at,
    )
    same, nothing = once(
        back, "priority", lambda: set_priority(back, "normal", by=company.mika), by=company.mika
    )
    assert (same.priority, nothing) == ("normal", None)
    assert BulkChange.objects.filter(is_single=True).count() == 1


def test_a_change_of_many_is_told_once_and_each_conversation_s_change_too(company, receive):
    crowd(receive, 3)
    change = start(Wish(action="priority", value="low", view="all"), by=company.mika)
    told = Event.objects.filter(kind__startswith="Bulk").order_by("id")
    assert [(each.kind, each.data["change"]) for each in told] == [
        ("BulkStarted", change.pk),
        ("BulkFinished", change.pk),
    ]
    assert Event.objects.filter(kind="PriorityChanged", actor_id=company.mika.pk).count() == 3
