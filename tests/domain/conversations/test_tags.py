"""Tags and priorities: free words, and how much a conversation matters."""

from __future__ import annotations

import pytest

from harken.domain.conversations.models import ConversationTag, Tag
from harken.domain.conversations.services.priority import set_priority
from harken.domain.conversations.services.tags import add_tag, remove_tag
from harken.domain.journal.models import Event
from harken.kit.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def test_a_tag_is_made_when_first_used_and_written_one_way(company, receive):
    conversation, other = receive(), receive(by="jonas")
    first = add_tag(conversation, "  #Late Refund ", by=company.mika)
    assert first.name == "late-refund"
    assert add_tag(other, "late refund", by=company.ben) == first
    assert Tag.objects.count() == 1
    put_on = ConversationTag.objects.get(conversation=conversation)
    assert (put_on.tag, put_on.added_by) == (first, company.mika)


def test_a_tag_put_on_twice_is_there_once_and_told_once(company, receive):
    conversation = receive()
    for _ in range(2):
        add_tag(conversation, "refund", by=company.mika)
    assert Event.objects.filter(kind="TagAdded").count() == 1
    tag = remove_tag(conversation, "Refund", by=company.ben)
    assert tag is not None
    assert remove_tag(conversation, "refund", by=company.ben) == tag
    assert remove_tag(conversation, "never-used", by=company.ben) is None
    (event,) = Event.objects.filter(kind="TagRemoved")
    assert (event.actor_id, event.data["tag"]) == (company.ben.pk, tag.pk)
    assert not ConversationTag.objects.exists()


def test_a_rule_is_named_where_no_person_acted(company, receive):
    conversation = receive()
    add_tag(conversation, "refund", by=None, rule=7)
    set_priority(conversation, "high", by=None, rule=7)
    events = Event.objects.filter(kind__in=["TagAdded", "PriorityChanged"])
    assert [(each.actor_id, each.data["rule"]) for each in events] == [(None, 7), (None, 7)]


@pytest.mark.parametrize("name", ["", " # ", "x" * 41])
def test_a_tag_needs_a_name_of_a_sane_length(company, receive, name):
    with pytest.raises(Invalid):
        add_tag(receive(), name, by=company.mika)


def test_a_priority_is_one_of_four_words(company, receive):
    conversation = receive()
    assert conversation.priority == "normal"
    changed = set_priority(conversation, "urgent", by=company.mika)
    assert changed.priority == "urgent"
    set_priority(conversation, "urgent", by=company.ben)
    (event,) = Event.objects.filter(kind="PriorityChanged")
    assert event.data == {"priority": "urgent", "before": "normal", "rule": None}
    assert event.teams == [company.service.pk]
    with pytest.raises(Invalid):
        set_priority(conversation, "asap", by=company.mika)


def test_viewers_change_neither(company, receive):
    conversation = receive()
    with pytest.raises(NotAllowed):
        add_tag(conversation, "refund", by=company.vic)
    with pytest.raises(NotAllowed):
        remove_tag(conversation, "refund", by=company.vic)
    with pytest.raises(NotAllowed):
        set_priority(conversation, "low", by=company.vic)
