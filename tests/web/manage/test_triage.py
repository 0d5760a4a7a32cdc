"""The triage page: figures, words of topics, going back."""

from __future__ import annotations

import pytest
from django.test import Client

from harken.domain.triage.models import ModelVersion, TopicWords
from harken.domain.triage.queries import newest_judgement
from harken.domain.triage.services.correct import correct
from harken.domain.triage.tasks import Triage
from tests.cast import Company

PAGE = "/manage/triage/"


@pytest.fixture
def lead(company: Company) -> Client:
    client = Client()
    client.force_login(company.lena)
    return client


@pytest.fixture
def taught(transactional_db: None, company: Company, receive) -> None:
    """One word of an agent, learnt."""
    triage = Triage()
    triage.turn()
    conversation = receive("My <i>parcel</i> is terrible")
    while triage.turn():
        pass
    judgement = newest_judgement(conversation)
    assert judgement is not None
    correct(judgement, "sentiment", "positive", by=company.mika)
    while triage.turn():
        pass


def test_an_empty_page_says_what_to_do(lead: Client) -> None:
    html = lead.get(PAGE).content.decode()
    assert "Nobody taught it yet" in html
    assert "Shift+S" in html


def test_the_page_shows_version_matrix_and_example(taught: None, lead: Client) -> None:
    html = lead.get(PAGE).content.decode()
    assert "<b>Model 1</b>" in html
    assert "0 of 1 answers people looked at were right" in html
    assert '<td class="other">1</td>' in html
    assert "&lt;i&gt;parcel" in html


def test_words_are_saved_and_wrong_ones_explained_and_kept(company: Company, lead: Client) -> None:
    pk = company.baggage.pk
    address = f"{PAGE}topics/{pk}/words/"
    assert lead.post(address, {f"words-{pk}": "lost bag\nsuitcase*"}).status_code == 302
    assert TopicWords.objects.get().words == ["lost bag", "suitcase*"]
    refused = lead.post(address, {f"words-{pk}": "a\nlost bag"})
    assert refused.status_code == 422
    assert "too short" in refused.content.decode()
    assert "a\nlost bag</textarea>" in refused.content.decode()


def test_going_back_is_a_step_of_its_own(taught: None, lead: Client) -> None:
    assert lead.post(f"{PAGE}back/", {"to": "0"}).status_code == 302
    assert list(ModelVersion.objects.values_list("number", "why")) == [
        (1, "correction"),
        (2, "rollback"),
    ]
    assert lead.post(f"{PAGE}back/", {"to": "9"}).status_code == 422
    assert lead.post(f"{PAGE}back/", {"to": "x"}).status_code == 422
