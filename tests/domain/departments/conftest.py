"""What tests of departments need: people who come and go, and time that passes for their rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F

from harken.domain.conversations.models import Conversation
from harken.domain.departments.models import Attendance, Responsibility
from harken.domain.departments.tasks import look
from harken.domain.people.models import User
from harken.domain.presence.models import Presence
from harken.kit import clock
from tests.cast import Company


@pytest.fixture
def owned(company: Company) -> Company:
    """Mika owns the topic Baggage and Ben is her deputy; Lena leads the team."""
    company.baggage.owner, company.baggage.deputy = company.mika, company.ben
    company.baggage.save()
    return company


@pytest.fixture
def arrive(receive: Callable[..., Conversation]) -> Callable[..., None]:
    """These people have a browser open from now on, the others do not."""
    somewhere = receive("Somewhere to be")

    def come(*people: User) -> None:
        Presence.objects.all().delete()
        for person in people:
            Presence.objects.create(
                user=person, tab=uuid4(), conversation=somewhere, heard_at=clock.now()
            )
        look()

    Conversation.objects.filter(pk=somewhere.pk).update(waiting_since=None)
    Responsibility.objects.all().delete()
    return come


def let_pass(seconds: float) -> None:
    """Everything so far happened that much longer ago; then somebody looks."""
    ago = timedelta(seconds=seconds)
    Responsibility.objects.update(since=F("since") - ago)
    Attendance.objects.filter(away_since__isnull=False).update(away_since=F("away_since") - ago)
    look()
