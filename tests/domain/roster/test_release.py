"""At a shift's end, and when somebody is away, what they hold goes to who is on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from harken.domain.conversations.models import Conversation, Note
from harken.domain.conversations.services.assign import assign
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from harken.domain.presence.services import leave, write
from harken.domain.roster.models import Layer, OnDuty, Shift, StillWriting
from harken.domain.roster.services import look as looking
from harken.domain.roster.services.absence import add_absence
from harken.domain.roster.services.handover import write_handover
from harken.domain.roster.tasks import act
from harken.domain.sla.models import AppliedSLA
from harken.kit import clock
from tests.cast import Company
from tests.domain.roster.conftest import HOUR, due, end_now, layer_of, plan

Receive = Callable[..., Conversation]


@pytest.fixture
def shift(company: Company, service: Layer) -> Shift:
    """Mika is on in service."""
    made = plan(service, company.mika, -2 * HOUR, HOUR)
    act()
    return made


def held(company: Company, receive: Receive, count: int = 1) -> list[Conversation]:
    return [
        assign(receive(by=f"guest{number}"), to=company.mika, by=company.mika)
        for number in range(count)
    ]


def who_has(conversation: Conversation) -> str | None:
    conversation.refresh_from_db()
    return str(conversation.assignee) if conversation.assignee else None


def test_open_conversations_go_to_who_is_on_evenly_with_a_note(
    company: Company, service: Layer, shift: Shift, receive: Receive
) -> None:
    conversations = held(company, receive, 6)
    plan(service, company.ben, -HOUR, HOUR)
    plan(service, company.lena, -HOUR, HOUR)
    write_handover(company.service, "The Antwerp parcels are on their way.", by=company.mika)
    end_now(shift)
    act()
    assert sorted(who_has(each) or "" for each in conversations) == ["Ben"] * 3 + ["Lena"] * 3
    note = Note.objects.get(conversation=conversations[0])
    assert note.author is None
    assert "Mika's shift ended" in note.body
    assert "The Antwerp parcels" in note.body
    event = Event.objects.filter(kind="ConversationAssigned", data__cause="shift").first()
    assert event is not None
    assert event.actor_id is None
    told = Notification.objects.filter(kind="handover", text__contains="3 conversations")
    assert {row.person for row in told} == {company.ben, company.lena}
    assert not Notification.objects.filter(kind="assigned", by=None).exists()


def test_with_nobody_after_them_it_is_back_with_the_team(
    company: Company, shift: Shift, receive: Receive
) -> None:
    (conversation,) = held(company, receive)
    end_now(shift)
    act()
    assert who_has(conversation) is None
    assert "back with the team" in Note.objects.get(conversation=conversation).body


def test_the_clock_does_not_change(company: Company, shift: Shift, receive: Receive) -> None:
    held(company, receive)
    before = list(AppliedSLA.objects.values())
    end_now(shift)
    act()
    assert list(AppliedSLA.objects.values()) == before


def test_twice_is_harmless(company: Company, shift: Shift, receive: Receive) -> None:
    (conversation,) = held(company, receive)
    end_now(shift)
    act()
    due(company.service)
    act()
    assert Note.objects.filter(conversation=conversation).count() == 1
    assert Event.objects.filter(kind="DutyChanged").count() == 2


def test_what_is_being_written_stays_until_the_writing_ends(
    company: Company, shift: Shift, receive: Receive
) -> None:
    writing, other = held(company, receive, 2)
    tab = uuid4()
    write(writing, tab=tab, by=company.mika)
    end_now(shift)
    act()
    assert who_has(writing) == "Mika"
    assert who_has(other) is None
    leave(writing, tab=tab, by=company.mika)
    act()
    assert who_has(writing) is None
    assert not StillWriting.objects.exists()


def test_what_waits_for_nobody_stays(company: Company, shift: Shift, receive: Receive) -> None:
    (conversation,) = held(company, receive)
    Conversation.objects.update(waiting_since=None, turn=None)
    AppliedSLA.objects.update(ended_at=clock.now())
    end_now(shift)
    act()
    assert who_has(conversation) == "Mika"


def test_who_is_still_on_in_another_team_keeps_that_teams(
    company: Company, shift: Shift, receive: Receive
) -> None:
    company.mika.teams.add(company.billing)
    plan(layer_of(company.billing), company.mika, -HOUR, HOUR)
    act()
    ours, theirs = held(company, receive, 2)
    Conversation.objects.filter(pk=theirs.pk).update(team=company.billing)
    end_now(shift)
    act()
    assert who_has(ours) is None
    assert who_has(theirs) == "Mika"


def test_absence_releases_what_is_held(
    company: Company, service: Layer, shift: Shift, receive: Receive
) -> None:
    (conversation,) = held(company, receive)
    plan(service, company.ben, -HOUR, HOUR)
    add_absence(company.mika, clock.now(), clock.now() + HOUR, reason="sick", by=company.mika)
    act()
    assert who_has(conversation) == "Ben"
    assert "Mika is away" in Note.objects.get(conversation=conversation).body
    assert not OnDuty.objects.filter(person=company.mika).exists()


def test_absence_releases_also_where_there_is_no_roster(company: Company, receive: Receive) -> None:
    (conversation,) = held(company, receive)
    add_absence(company.mika, clock.now(), clock.now() + HOUR, reason="sick", by=company.lena)
    act()
    assert who_has(conversation) is None


def test_half_an_hour_before_the_end_who_leaves_is_told_once(
    company: Company, service: Layer
) -> None:
    plan(service, company.mika, -HOUR, timedelta(minutes=20))
    plan(service, company.ben, -HOUR, timedelta(minutes=50))
    act()
    due(company.service)
    act()
    told = Notification.objects.filter(kind="shift_ending")
    assert [row.person for row in told] == [company.mika]
    assert told[0].url == "/manage/roster/handover/?team=service"


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_changes_nothing(
    company: Company, service: Layer, receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift = plan(service, company.mika, -2 * HOUR, HOUR)
    act()
    (conversation,) = held(company, receive)
    end_now(shift)

    def dies(*_: object) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as patch:
        patch.setattr(looking, "_tell_of_ends", dies)
        with pytest.raises(SystemExit):
            act()
    assert who_has(conversation) == "Mika"
    assert OnDuty.objects.filter(person=company.mika).exists()
    act()
    assert who_has(conversation) is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_hand_on_once(
    company: Company, service: Layer, receive: Receive
) -> None:
    shift = plan(service, company.mika, -2 * HOUR, HOUR)
    plan(service, company.ben, -2 * HOUR, HOUR)
    act()
    conversations = held(company, receive, 4)
    end_now(shift)
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        act()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [who_has(each) for each in conversations] == ["Ben"] * 4
    assert Note.objects.count() == 4
