"""Rules that hold a trainee's answers back, and an outbox to see what leaves."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from harken.config.wiring import wire
from harken.domain.approvals.models import Approval
from harken.domain.approvals.models_rules import ApprovalRule
from harken.domain.approvals.services.rules import Terms, save_rule, set_trainee
from harken.domain.conversations.models import Conversation
from harken.domain.replies import gates
from harken.domain.replies.services.send import send
from tests.cast import Company
from tests.domain.replies.conftest import Network, Outbox

TEXT = "Your parcel arrives tomorrow, Amara. /Mika"


@pytest.fixture(autouse=True)
def wired() -> Iterator[None]:
    before = list(gates._asked)
    wire()
    yield
    gates._asked[:] = before


@pytest.fixture
def outbox() -> Outbox:
    return Outbox(Network())


@pytest.fixture
def trainees(company: Company) -> ApprovalRule:
    """Mika learns; Lena reads what she writes, then Maren."""
    set_trainee(company.mika, learns=True, by=company.lena)
    terms = Terms(name="Trainees", trainee=True, approvers=(company.lena, company.maren))
    return save_rule(None, terms, by=company.lena)


@pytest.fixture
def ask(
    company: Company, receive: Callable[..., Conversation], trainees: ApprovalRule
) -> Callable[..., Approval]:
    """Let Mika send an answer that needs somebody's word."""

    def write(body: str = TEXT, *, conversation: Conversation | None = None) -> Approval:
        there = conversation or receive()
        reply = send(there, body=body, client_key=uuid.uuid4(), by=company.mika)
        return Approval.objects.get(reply=reply)

    return write
