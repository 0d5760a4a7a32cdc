"""Raising, paging, acknowledging, deciding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.topics import move
from harken.domain.escalation.models import Acknowledgement, Escalation, Level
from harken.domain.escalation.queries import escalations_of
from harken.domain.escalation.services import acknowledge, decide, escalate, withdraw
from harken.domain.escalation.services.settling import AlreadyAcknowledged, Ended
from harken.domain.journal.models import Event
from harken.kit.refusals import Invalid, NotAllowed
from tests.cast import Company

Receive = Callable[..., Conversation]


@pytest.fixture
def threat(company: Company, receive: Receive) -> Iterator[Escalation]:
    """A threat that Mika raised."""
    yield escalate(receive(), kind="threat", reason="They call a lawyer.", by=company.mika)


def paged(escalation: Escalation) -> list[tuple[str, list[str]]]:
    """Each step's level and whom it reached."""
    steps = escalation.steps.prefetch_related("people")
    return [(step.level, [str(person) for person in step.people.all()]) for step in steps]


def test_the_lead_of_the_team_is_paged_first_and_the_next_moment_is_written_down(
    threat: Escalation,
) -> None:
    assert paged(threat) == [("lead", ["Lena"])]
    assert threat.next_at is not None
    assert (threat.next_at - threat.raised_at).total_seconds() == 120


def test_a_level_with_nobody_is_passed_at_once_and_that_is_recorded(
    company: Company, receive: Receive
) -> None:
    conversation = move(receive(), to=company.billing, by=company.maren)
    raised = escalate(conversation, kind="decision", reason="Refund?", by=company.bea)
    assert paged(raised) == [("lead", []), ("manager", ["Maren"])]
    first, second = raised.steps.all()
    assert first.due_at is None
    assert second.due_at is not None
    assert (second.due_at - raised.raised_at).total_seconds() == 300


def test_a_second_call_of_the_same_kind_is_added_to_the_first(
    company: Company, threat: Escalation
) -> None:
    again = escalate(threat.conversation, kind="threat", reason="Press too.", by=company.ben)
    other = escalate(threat.conversation, kind="decision", reason="Refund?", by=company.ben)
    assert again.pk == threat.pk
    assert other.pk != threat.pk
    assert [(each.reason, each.adder) for each in threat.additions.all()] == [("Press too.", "Ben")]


def test_a_rule_may_escalate_and_is_named(receive: Receive) -> None:
    raised = escalate(receive(), kind="threat", reason="The word lawyer.", rule="Lawyers")
    assert raised.raiser == "the rule “Lawyers”"
    assert Event.objects.get(kind="EscalationRaised").actor_id is None


@pytest.mark.parametrize(("kind", "reason"), [("anger", "Because."), ("threat", "  ")])
def test_a_wrong_kind_or_no_reason_is_refused(
    company: Company, receive: Receive, kind: str, reason: str
) -> None:
    with pytest.raises(Invalid):
        escalate(receive(), kind=kind, reason=reason, by=company.mika)


def test_who_only_looks_on_cannot_escalate(company: Company, receive: Receive) -> None:
    with pytest.raises(NotAllowed):
        escalate(receive(), kind="threat", reason="Because.", by=company.vic)


def test_who_was_paged_acknowledges_and_the_clock_stops(
    company: Company, threat: Escalation
) -> None:
    acknowledge(threat, by=company.lena)
    threat.refresh_from_db()
    assert threat.next_at is None
    assert threat.acknowledgement.by == company.lena
    assert threat.acknowledgement.step.level == Level.LEAD


def test_a_level_above_may_acknowledge_unpaged_and_an_agent_may_not(
    company: Company, threat: Escalation
) -> None:
    for who in (company.mika, company.vic, company.bea):
        with pytest.raises(NotAllowed):
            acknowledge(threat, by=who)
    acknowledge(threat, by=company.elif_)
    with pytest.raises(AlreadyAcknowledged, match="Elif"):
        acknowledge(threat, by=company.lena)
    assert acknowledge(threat, by=company.elif_).pk == threat.pk


def test_a_decision_acknowledges_and_ends_it_and_the_next_threat_is_a_new_one(
    company: Company, threat: Escalation
) -> None:
    with pytest.raises(Invalid):
        decide(threat, decision=" ", by=company.lena)
    decided = decide(threat, decision="We pay for the phone.", by=company.lena)
    assert (decided.ended_how, decided.next_at) == ("decided", None)
    assert decided.acknowledgement.by == company.lena
    with pytest.raises(Ended, match="Lena"):
        decide(threat, decision="Twice.", by=company.maren)
    again = escalate(threat.conversation, kind="threat", reason="Again.", by=company.mika)
    assert again.pk != threat.pk


def test_who_raised_it_can_withdraw_it_and_a_colleague_cannot(
    company: Company, threat: Escalation
) -> None:
    with pytest.raises(NotAllowed):
        withdraw(threat, by=company.ben)
    assert withdraw(threat, by=company.mika).ended_how == "withdrawn"
    with pytest.raises(Ended):
        acknowledge(threat, by=company.lena)


def test_another_team_sees_nothing_of_it(company: Company, threat: Escalation) -> None:
    move(threat.conversation, to=company.service, by=company.maren)
    assert [each.pk for each in escalations_of(company.lena)] == [threat.pk]
    assert not escalations_of(company.bea).exists()


def test_the_journal_says_ids_and_never_the_reason(company: Company, threat: Escalation) -> None:
    decide(threat, decision="We pay.", by=company.lena)
    told = Event.objects.filter(kind__startswith="Escalation").order_by("id")
    assert [event.kind for event in told] == [
        "EscalationRaised",
        "EscalationPaged",
        "EscalationAcknowledged",
        "EscalationDecided",
    ]
    assert not any("lawyer" in str(event.data) or "pay" in str(event.data) for event in told)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_acknowledge_at_once_exactly_one_has_it(
    company: Company, receive: Receive
) -> None:
    raised = escalate(receive(), kind="threat", reason="Lawyer.", by=company.mika)
    people = [company.lena, company.maren, company.elif_] * 4

    def press(number: int) -> str:
        try:
            acknowledge(Escalation.objects.get(pk=raised.pk), by=people[number])
        except AlreadyAcknowledged:
            return "late"
        finally:
            connection.close()
        return str(people[number])

    with ThreadPoolExecutor(12) as crowd:
        said = list(crowd.map(press, range(12)))
    one = Acknowledgement.objects.get(escalation=raised)
    assert set(said) == {"late", str(one.by)}
    assert Event.objects.filter(kind="EscalationAcknowledged").count() == 1
