"""A conversation with a link that left for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from harken.config.wiring import wire
from harken.domain.conversations.models import Conversation
from harken.domain.handover.models import HandOver
from harken.domain.handover.services.hand_over import hand_over
from harken.domain.people.models import User
from harken.domain.replies.queries import draft_of
from harken.domain.replies.services.send import send
from harken.web.portal.limits import Limits
from harken.web.portal.views import talk
from tests.cast import Company

PORTAL = "https://care.meridian.example"


@dataclass
class Offered:
    """A hand-over whose link is public, and where it leads."""

    conversation: Conversation
    hand_over: HandOver
    link: str

    @property
    def path(self) -> str:
        return self.link.removeprefix(PORTAL)

    def opened_by(self, client: Client) -> Offered:
        assert client.post(f"{self.path}/open").status_code == 302
        self.hand_over.refresh_from_db()
        return self


@pytest.fixture(autouse=True)
def portal(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers have a page of ours to come to, and everything reacts as it does in the house."""
    settings.PORTAL_URL = PORTAL
    monkeypatch.setattr(talk, "limits", Limits())
    wire()


@pytest.fixture
def offer(company: Company, receive: Callable[..., Conversation]) -> Callable[..., Offered]:
    """Receive a post and answer it with a link to a private talk."""

    def made(
        text: str = "Where is my parcel?", *, by: User | None = None, **more: object
    ) -> Offered:
        conversation = receive(text, **more)
        who = by or company.mika
        prepared = hand_over(conversation, by=who)
        body = draft_of(conversation, who).body
        send(conversation, body=body, client_key=uuid.uuid4(), by=who)
        prepared.hand_over.refresh_from_db()
        return Offered(conversation, prepared.hand_over, prepared.link)

    return made
