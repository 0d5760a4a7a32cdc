"""What the tests of promises share: moments in seconds, and answers at exact times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.sla.models import AppliedSLA, Metric
from harken.kit import clock
from harken.kit.connector import Author, Why
from tests.cast import Company, post

Answer = Callable[..., None]


def ago(seconds: float) -> datetime:
    """A moment that many seconds before now."""
    return clock.now() - timedelta(seconds=seconds)


def clocks(conversation: Conversation, metric: str = "") -> list[AppliedSLA]:
    """The clocks of a conversation in the order of their start; of one metric if given."""
    found = AppliedSLA.objects.filter(conversation=conversation).order_by("started_at", "id")
    return list(found.filter(metric=metric) if metric else found.exclude(metric=Metric.RESOLUTION))


@pytest.fixture
def answer(company: Company) -> Answer:
    """Answer a conversation's newest message, at the network's time `at`."""

    def write(conversation: Conversation, at: datetime, text: str = "On its way.") -> None:
        newest = conversation.messages.filter(direction="inbound").latest("sent_at", "id")
        us = Author(company.channel.external_id, company.channel.handle, "Meridian")
        ours = post(
            text,
            author=us,
            by_us=True,
            why=Why.OWN,
            parent_id=newest.external_id,
            root_id=conversation.thread_key,
            sent_at=at,
        )
        receive_posts(company.channel, [ours])
        conversation.refresh_from_db()

    return write
