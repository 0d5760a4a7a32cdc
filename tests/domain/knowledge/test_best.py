"""Typing finds the best three, whatever half a word or mistake one types."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from harken.domain.contacts.models import Contact
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.topics import set_topic
from harken.domain.knowledge.queries import best
from harken.domain.knowledge.services.answers import AnswerPlan, retire_answer, write_answer
from harken.domain.knowledge.services.uses import note_inserted, note_sent
from harken.domain.people.models import Brand
from harken.kit import clock


def titles(found) -> list[str]:
    return [offer.answer.title for offer in found]


@pytest.fixture
def shelf(save, company) -> dict[str, object]:
    """Answers that have words in common."""
    plain = {"topic": None, "language": "en"}
    return {
        "winter": save("Battery in winter", "Keep the battery inside when it freezes.", **plain),
        "charge": save("Charging the battery", "It charges in four hours, {name}.", **plain),
        "label": save("Print a return label", "The label is under Orders.", **plain),
        "swap": save("Swap a size", "We bring the right size and take the other.", **plain),
        "lost": save("Lost bag", "Hi {name}, {personal} We look for your bag."),
    }


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("battery winter", "Battery in winter"),
        ("charging", "Charging the battery"),
        ("return lab", "Print a return label"),
        ("retrun labell", "Print a return label"),
        ("freezes", "Battery in winter"),
        ("SIZE", "Swap a size"),
        ("batt", "Battery in winter"),
    ],
)
def test_what_is_typed_finds_its_answer_first(shelf, receive, company, typed, first) -> None:
    found = titles(best(company.mika, typed, receive()))
    assert first in found[:2] if typed == "batt" else found[0] == first


def test_never_more_than_asked_for_and_nothing_for_nonsense(shelf, receive, company) -> None:
    conversation = receive()
    assert len(best(company.mika, "battery", conversation, limit=1)) == 1
    assert best(company.mika, "xyzzy quux", conversation) == []
    assert best(company.mika, "'); DROP | & ! :*", conversation) == []
    assert titles(best(company.mika, "label for the", conversation)) == ["Print a return label"]


def test_without_a_text_the_customers_own_question_is_looked_up(shelf, receive, company) -> None:
    conversation = receive("My battery is dead since the winter began, what now?")
    assert titles(best(company.mika, "", conversation))[0] == "Battery in winter"


def test_when_nothing_fits_the_most_used_of_the_topic_are_offered(shelf, receive, company) -> None:
    conversation = receive("Hmm?")
    assert best(company.mika, "", conversation) == []
    set_topic(conversation, company.baggage, by=company.mika)
    conversation = Conversation.objects.get(pk=conversation.pk)
    assert titles(best(company.mika, "", conversation)) == ["Lost bag"]


def test_topic_and_language_decide_between_equals(save, receive, company) -> None:
    save("Delivery time", "Two days.", topic=None, language="nl")
    save("Delivery time", "Two days, really.", topic=None, language="en")
    save("Delivery time", "Two days for bags.")
    conversation = receive("when?")
    set_topic(conversation, company.baggage, by=company.mika)
    conversation = Conversation.objects.get(pk=conversation.pk)
    found = best(company.mika, "delivery time", conversation)
    assert [offer.answer.short for offer in found] == [
        "Two days for bags.",
        "Two days, really.",
        "Two days.",
    ]


def test_an_ended_answer_says_so_and_comes_after_one_in_force(save, receive, company) -> None:
    yesterday = clock.now().date() - timedelta(days=1)
    save("Storm refund", "Until the storm is over.", valid_until=yesterday)
    save("Storm refund", "Always.")
    found = best(company.mika, "storm refund", receive())
    assert [(offer.answer.short, offer.is_expired) for offer in found] == [
        ("Always.", False),
        ("Until the storm is over.", True),
    ]


def test_the_wording_is_the_longest_the_network_takes_with_the_name_in_it(
    save, receive, company
) -> None:
    conversation = receive()
    Contact.objects.filter(pk=conversation.contact_id).update(name_to_use="Amara")
    conversation = Conversation.objects.select_related("contact").get(pk=conversation.pk)
    save("Lost bag", "Hi {name}, soon.", long="Hello {name}, {personal} it comes soon.")
    (offer,) = best(company.mika, "lost", conversation)
    assert (offer.text, offer.holes, offer.fits) == (
        "Hello Amara, {personal} it comes soon.",
        ("personal",),
        True,
    )
    save("Found bag", "Hi {name}, here.", long="Hello {name}, " + "it is here. " * 40)
    (offer,) = best(company.mika, "found", conversation)
    assert (offer.text, offer.fits) == ("Hi Amara, here.", True)


def test_retired_answers_and_those_of_other_brands_are_not_found(save, receive, company) -> None:
    conversation = receive()
    gone = save("Old label", "Print it.")
    save("Other label", "Print it.")
    company.brand = Brand.objects.create(name="Solstice", slug="solstice")
    company.maren.refresh_from_db()
    write_answer(
        company.brand,
        AnswerPlan(title="Their label", short="x", owner=company.mika),
        by=company.maren,
    )
    retire_answer(gone, by=company.lena)
    assert titles(best(company.mika, "label", conversation)) == ["Other label"]


def test_who_may_not_see_a_conversation_gets_nothing_from_it(shelf, receive, company) -> None:
    conversation = receive("My battery is dead since the winter began.")
    assert best(company.bea, "", conversation) == []
    assert best(company.bea, "battery", conversation) == []


def test_sent_uses_decide_what_the_topic_offers_first(save, receive, company) -> None:
    save("First", "Alpha beta gamma delta.")
    much = save("Second", "Epsilon zeta theta kappa.")
    conversation = receive("Hmm?")
    set_topic(conversation, company.baggage, by=company.mika)
    conversation = Conversation.objects.get(pk=conversation.pk)
    note_inserted(conversation, much, by=company.mika)
    assert note_sent(conversation, "Epsilon zeta theta kappa, Amara.", client_key=uuid4()) == 1
    assert titles(best(company.mika, "", conversation)) == ["Second", "First"]
