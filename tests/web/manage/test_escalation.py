"""The escalation page: times of each level, who would be paged, and a test page to oneself."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.escalation.models import EscalationPath, Level
from harken.domain.escalation.queries import path_of
from harken.domain.notifications.models import Notification
from tests.cast import Company

TIMES = {"lead": "90 s", "manager": "4 min", "executive": "1 h"}


@pytest.fixture
def lead(company: Company) -> Client:
    client = Client()
    client.force_login(company.lena)
    return client


def test_the_page_says_who_would_be_paged_now(company: Company, lead: Client) -> None:
    shown = lead.get(reverse("manage:escalation")).content.decode()
    assert "<bdi>Lena</bdi>" in shown
    assert "nobody now" in shown  # billing has no lead
    assert 'value="2 min"' in shown or 'value="120 s"' in shown


def test_times_are_saved_for_a_team_and_dropped_again(company: Company, lead: Client) -> None:
    lead.post(reverse("manage:save_path"), TIMES | {"team": str(company.billing.pk)})
    assert path_of(company.billing).seconds(Level.EXECUTIVE) == 3600
    assert path_of(company.service).seconds(Level.EXECUTIVE) == 600
    shown = lead.get(reverse("manage:escalation")).content.decode()
    assert 'value="90 s"' in shown
    assert "own times" in shown
    lead.post(reverse("manage:drop_path", args=[company.billing.pk]))
    assert not EscalationPath.objects.exists()


def test_a_time_that_cannot_be_read_is_said_and_nothing_is_saved(lead: Client) -> None:
    answer = lead.post(reverse("manage:save_path"), TIMES | {"manager": "soon"})
    assert answer.status_code == 422
    assert "Manager: write a time such as" in answer.content.decode()
    assert not EscalationPath.objects.exists()


def test_a_test_page_reaches_only_who_asks(company: Company, lead: Client) -> None:
    shown = lead.post(reverse("manage:page_me"), follow=True).content.decode()
    assert "You are paged" in shown
    (told,) = Notification.objects.filter(kind="escalation")
    assert (told.person, told.urgent) == (company.lena, True)
