"""A triage without a loop, and messages that reach it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.triage.models import Judgement
from harken.domain.triage.queries import newest_judgement
from harken.domain.triage.tasks import Triage


@pytest.fixture
def triage(transactional_db: None, company: object) -> Triage:
    """One worker's triage that has already found the end of the journal."""
    made = Triage()
    work_off(made)
    return made


def work_off(triage: Triage) -> None:
    """Let it work until there is nothing left to do."""
    while triage.turn():
        pass


@pytest.fixture
def judged(
    triage: Triage, receive: Callable[..., Conversation]
) -> Callable[..., tuple[Conversation, Judgement]]:
    """Let a post come in and be judged; returns its conversation and its judgement."""

    def arrive(text: str, **more: object) -> tuple[Conversation, Judgement]:
        conversation = receive(text, **more)
        work_off(triage)
        conversation.refresh_from_db()
        judgement = newest_judgement(conversation)
        assert judgement is not None
        return conversation, judgement

    return arrive
