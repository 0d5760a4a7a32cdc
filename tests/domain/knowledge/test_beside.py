"""How we speak about a topic, and answers that others should learn from."""

from __future__ import annotations

import pytest

from harken.domain.conversations.models import Conversation, Direction, Message, Topic
from harken.domain.conversations.services.topics import move, set_topic
from harken.domain.knowledge.models import GuidelineConfirmation, StrongExample
from harken.domain.knowledge.queries_beside import Spoken, examples_for, guideline_for, parts
from harken.domain.knowledge.services.examples import drop, promote
from harken.domain.knowledge.services.guidelines import (
    Changed,
    confirm,
    retire_guideline,
    write_guideline,
)
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed


def spoken(user: User, conversation: Conversation) -> Spoken:
    found = guideline_for(user, conversation)
    assert found is not None
    return found


def about(receive, company, topic, **more) -> Conversation:
    conversation = receive(**more)
    set_topic(conversation, topic, by=company.mika)
    return Conversation.objects.get(pk=conversation.pk)


@pytest.fixture
def answered(receive, company):
    """A conversation about baggage with an answer of ours, and the answer."""

    def make(by: str = "amara", body: str = "Your bag is in Lisbon.") -> Message:
        conversation = about(receive, company, company.baggage, by=by)
        return Message.objects.create(
            conversation=conversation,
            channel=conversation.channel,
            external_id=f"ours-{conversation.pk}",
            direction=Direction.OUTBOUND,
            author=company.mika,
            body=body,
            sent_at=clock.now(),
        )

    return make


def test_the_guideline_of_the_topic_or_of_the_nearest_one_above_it(receive, company) -> None:
    child = Topic.objects.create(name="Lost", slug="lost", parent=company.baggage)
    conversation = about(receive, company, child)
    assert guideline_for(company.mika, conversation) is None
    above = write_guideline(company.brand, company.baggage, "Say where it is.", by=company.lena)
    assert spoken(company.mika, conversation).guideline == above
    own = write_guideline(company.brand, child, "Say sorry first.", by=company.lena)
    assert spoken(company.mika, conversation).guideline == own
    retire_guideline(own, by=company.lena)
    assert spoken(company.mika, conversation).guideline == above


def test_people_read_each_version_once(receive, company) -> None:
    conversation = about(receive, company, company.baggage)
    first = write_guideline(company.brand, company.baggage, "One.", by=company.lena)
    assert write_guideline(company.brand, company.baggage, "One. ", by=company.lena).version == 1
    confirm(first, version=1, by=company.mika)
    confirm(first, version=1, by=company.mika)
    assert spoken(company.mika, conversation).confirmed
    assert spoken(company.ben, conversation).others == 1
    write_guideline(company.brand, company.baggage, "Two.", by=company.lena)
    assert not spoken(company.mika, conversation).confirmed
    with pytest.raises(Changed):
        confirm(first, version=1, by=company.ben)
    assert GuidelineConfirmation.objects.count() == 1


def test_only_those_who_manage_write_guidelines(company) -> None:
    for person in (company.mika, company.vic, company.elif_):
        with pytest.raises(NotAllowed):
            write_guideline(company.brand, company.baggage, "x", by=person)
    with pytest.raises(Invalid):
        write_guideline(company.brand, company.baggage, "  ", by=company.lena)


def test_a_guideline_is_paragraphs_and_points() -> None:
    assert parts("Sorry first.\nThen help.\n\n- Name the hour.\n- Keep it.\nBye.") == [
        ("p", ["Sorry first.", "Then help."]),
        ("ul", ["Name the hour.", "Keep it."]),
        ("p", ["Bye."]),
    ]


def test_an_example_is_shown_for_its_topic_to_who_may_see_it(answered, receive, company) -> None:
    message = answered()
    promote(message, "It names the place.", by=company.ben)
    other = about(receive, company, company.baggage, by="signe")
    assert [each.message for each in examples_for(company.mika, other)] == [message]
    assert examples_for(company.mika, about(receive, company, company.invoice, by="ulla")) == []
    move(message.conversation, to=company.billing, by=company.maren)
    assert examples_for(company.mika, other) == []
    assert len(examples_for(company.maren, other)) == 1


def test_an_example_needs_a_reason_and_is_an_answer_of_ours(answered, company) -> None:
    message = answered()
    with pytest.raises(Invalid):
        promote(message, "  ", by=company.ben)
    with pytest.raises(Invalid):
        promote(message.conversation.messages.earliest("pk"), "Good.", by=company.ben)
    for person in (company.vic, company.bea):
        with pytest.raises(NotAllowed):
            promote(message, "Good.", by=person)
    assert not StrongExample.objects.exists()


def test_who_chose_it_or_a_lead_drops_it(answered, company) -> None:
    message = answered()
    promote(message, "Good.", by=company.ben)
    with pytest.raises(NotAllowed):
        drop(message, by=company.mika)
    drop(message, by=company.lena)
    drop(message, by=company.lena)
    assert not StrongExample.objects.exists()
