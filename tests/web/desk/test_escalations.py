"""Escalations on the desk: the dialog, the card, the board, and what each person is offered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.topics import move
from harken.domain.escalation.models import Escalation
from harken.domain.escalation.services import acknowledge, decide, escalate
from harken.domain.people.models import User
from tests.cast import Company

Receive = Callable[..., Conversation]
SignIn = Callable[[User], Client]
PIECE = {"HX-Request": "true"}
WHY = "They call a lawyer."


@pytest.fixture
def threat(company: Company, receive: Receive) -> Escalation:
    """A threat that Mika raised; Lena is paged."""
    return escalate(receive(), kind="threat", reason=WHY, by=company.mika)


def text(client: Client, name: str, *args: object, **data: str) -> str:
    return client.get(reverse(name, args=args), data).content.decode()


def press(client: Client, name: str, pk: int, **data: str) -> tuple[int, str]:
    answer = client.post(reverse(name, args=[pk]), data, headers=PIECE)
    told = answer.headers.get("HX-Trigger", "")
    return answer.status_code, answer.content.decode() + told


def test_the_dialog_escalates_and_the_card_says_who_is_paged(
    mika: Client, receive: Receive
) -> None:
    conversation = receive()
    assert 'id="escalate"' in text(mika, "desk:conversation", conversation.pk)
    status, shown = press(mika, "desk:escalate", conversation.pk, kind="threat", reason=WHY)
    assert status == 200
    assert "<bdi>Lena</bdi> paged, then manager in" in shown
    assert WHY in shown
    assert "Mika escalated it: a threat" in shown


def test_without_a_reason_nothing_is_escalated(mika: Client, receive: Receive) -> None:
    status, said = press(mika, "desk:escalate", receive().pk, kind="threat", reason=" ")
    assert status == 422
    assert "Say in a sentence why" in said
    assert not Escalation.objects.exists()


def test_only_who_may_is_offered_to_acknowledge(
    company: Company, sign_in: SignIn, threat: Escalation
) -> None:
    address = reverse("desk:acknowledge", args=[threat.pk])
    offered = {
        str(person): address in text(sign_in(person), "desk:conversation", threat.conversation_id)
        for person in (company.mika, company.vic, company.lena, company.maren, company.elif_)
    }
    assert offered == {"Mika": False, "Vic": False, "Lena": True, "Maren": True, "Elif": True}


def test_who_is_too_late_reads_who_has_it(
    company: Company, sign_in: SignIn, threat: Escalation
) -> None:
    acknowledge(threat, by=company.elif_)
    status, said = press(sign_in(company.lena), "desk:acknowledge", threat.pk)
    assert status == 409
    assert "Elif has it already" in said


def test_a_decision_stands_in_the_thread_and_the_card_is_gone(
    company: Company, sign_in: SignIn, threat: Escalation, mika: Client
) -> None:
    lena = sign_in(company.lena)
    data = {"escalation": str(threat.pk), "decision": "We pay for the phone."}
    status, shown = press(lena, "desk:decide", threat.conversation_id, **data)
    assert status == 200
    assert "Lena decided: We pay for the phone." in shown
    assert f'id="escalation-{threat.pk}"' not in shown
    assert "Lena decided" in text(mika, "desk:messages", threat.conversation_id)


def test_an_escalation_of_another_conversation_is_not_decided_here(
    company: Company, sign_in: SignIn, threat: Escalation, receive: Receive
) -> None:
    data = {"escalation": str(threat.pk), "decision": "We pay."}
    status, _ = press(sign_in(company.lena), "desk:decide", receive(by="zora").pk, **data)
    assert status == 404
    threat.refresh_from_db()
    assert threat.is_open


def test_the_board_counts_and_lists_what_is_open_to_those_who_may_see_it(
    company: Company, sign_in: SignIn, threat: Escalation, receive: Receive
) -> None:
    hidden = move(receive("canary", by="zora"), to=company.billing, by=company.maren)
    escalate(hidden, kind="decision", reason="Canary refund?", by=company.bea)
    decide(
        escalate(receive(by="piet"), kind="threat", reason="Over.", by=company.mika),
        decision="Done.",
        by=company.lena,
    )
    lead = text(sign_in(company.lena), "desk:escalations")
    assert WHY in lead
    assert "Canary" not in lead
    assert "Over." not in lead
    assert '<bdi>Escalations</bdi><span class="num">1</span>' in lead.replace("\n", "")
    chief = text(sign_in(company.elif_), "desk:escalations")
    assert '<bdi>Escalations</bdi><span class="num">2</span>' in chief.replace("\n", "")


def test_a_row_of_the_board_leaves_it_when_nothing_is_open_any_more(
    company: Company, sign_in: SignIn, threat: Escalation
) -> None:
    lena, ids = sign_in(company.lena), str(threat.conversation_id)
    assert WHY in text(lena, "desk:escalation_rows", ids=ids)
    decide(threat, decision="Done.", by=company.lena)
    assert "<li" not in text(lena, "desk:escalation_rows", ids=ids)


def test_agents_have_no_board_in_their_left_column(mika: Client, threat: Escalation) -> None:
    assert reverse("desk:escalations") not in text(mika, "desk:inbox")


def test_two_open_ones_ask_which_is_decided(
    company: Company, sign_in: SignIn, threat: Escalation
) -> None:
    escalate(threat.conversation, kind="decision", reason="Refund?", by=company.mika)
    page = text(sign_in(company.lena), "desk:conversation", threat.conversation_id)
    assert page.count('type="radio" name="escalation"') == 2
