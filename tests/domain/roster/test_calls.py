"""Out of hours who is on call is told, one layer after the other, and the customer nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.assign import take
from harken.domain.conversations.services.close import close
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from harken.domain.replies.models import Reply
from harken.domain.roster.models import Call, Layer, LayerKind
from harken.domain.roster.tasks import act
from harken.kit import clock
from harken.web.desk.thread import entries
from tests.cast import Company
from tests.domain.roster.conftest import HOUR, due, layer_of, plan

Receive = Callable[..., Conversation]


@pytest.fixture(autouse=True)
def night(company: Company, service: Layer) -> None:
    """Nobody is on before tomorrow; Ben is called first, then Lena."""
    plan(service, company.mika, 8 * HOUR, 16 * HOUR)
    first = layer_of(company.service, LayerKind.ON_CALL, 1)
    second = layer_of(company.service, LayerKind.ON_CALL, 2)
    plan(first, company.ben, -HOUR, 6 * HOUR)
    plan(second, company.lena, -HOUR, 6 * HOUR)
    act()


def told() -> list[str]:
    rows = Notification.objects.filter(kind="on_call").order_by("id")
    return [str(row.person) for row in rows.select_related("person")]


def wait() -> None:
    """Let the seconds until the next one is told go by."""
    Call.objects.update(due_at=clock.now() - HOUR)
    act()


def test_who_is_on_call_is_told_at_once_and_urgently(company: Company, receive: Receive) -> None:
    conversation = receive()
    act()
    assert told() == ["Ben"]
    row = Notification.objects.get(kind="on_call")
    assert row.urgent
    assert row.conversation == conversation
    assert not Reply.objects.exists()


def test_the_next_layer_is_told_when_nobody_took_it(company: Company, receive: Receive) -> None:
    receive()
    act()
    (call,) = Call.objects.all()
    assert 100 < (call.due_at - clock.now()).total_seconds() <= 120
    wait()
    assert told() == ["Ben", "Lena"]
    wait()
    assert told() == ["Ben", "Lena", "Lena", "Maren"]
    wait()
    call.refresh_from_db()
    assert call.ended == "nobody"
    steps = Event.objects.filter(kind="OnCallTold").order_by("id")
    assert [event.data["step"] for event in steps] == [1, 2, 3]


def test_who_takes_it_ends_the_call(company: Company, receive: Receive) -> None:
    conversation = receive()
    act()
    take(conversation, by=company.ben)
    wait()
    assert told() == ["Ben"]
    assert Call.objects.get().ended == "taken"


def test_closing_it_ends_the_call(company: Company, receive: Receive) -> None:
    conversation = receive()
    act()
    close(conversation, reason="spam", by=company.mika)
    wait()
    assert told() == ["Ben"]
    assert Call.objects.get().ended == "answered"


def test_a_shift_that_begins_ends_the_call(
    company: Company, service: Layer, receive: Receive
) -> None:
    receive()
    act()
    plan(service, company.mika, -HOUR, HOUR)
    due(company.service)
    wait()
    assert told() == ["Ben"]
    assert Call.objects.get().ended == "on"


def test_nobody_is_called_while_somebody_is_on(
    company: Company, service: Layer, receive: Receive
) -> None:
    plan(service, company.mika, -HOUR, HOUR)
    due(company.service)
    act()
    receive()
    act()
    assert told() == []


def test_a_crowd_at_night_is_one_call(company: Company, receive: Receive) -> None:
    for number in range(5):
        receive(by=f"guest{number}")
    act()
    assert told() == ["Ben"]
    assert Notification.objects.get(kind="on_call").text.startswith("5 customers wait")
    receive(by="late")
    act()
    assert told() == ["Ben"]


def test_when_the_last_one_leaves_who_still_waits_is_called_for(
    company: Company, service: Layer, receive: Receive
) -> None:
    shift = plan(service, company.mika, -HOUR, HOUR)
    due(company.service)
    act()
    receive()
    act()
    assert told() == []
    shift.delete()
    due(company.service)
    act()
    assert told() == ["Ben"]


def test_the_conversation_says_who_was_told(company: Company, receive: Receive) -> None:
    conversation = receive()
    act()
    said = [line for entry in entries(conversation, {}) for _, line in entry.lines]
    assert "Nobody was on duty; Harken told Ben" in said
