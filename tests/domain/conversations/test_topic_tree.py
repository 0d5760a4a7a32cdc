"""Topics as a tree, with a team, an owner and a deputy each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harken.domain.conversations.models import Topic
from harken.domain.conversations.queries_topics import topic_tree
from harken.domain.conversations.services.topic_tree import (
    DEEPEST,
    TopicPlan,
    add_topic,
    change_topic,
    retire_topic,
    use_again,
)
from harken.domain.conversations.services.topics import set_topic, suggest_topic
from harken.domain.journal.models import Event
from harken.kit.refusals import Invalid, NotAllowed, Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(company):
    return TopicPlan("Lost parcels", company.service, company.baggage, company.mika, company.ben)


def test_a_topic_hangs_below_another_and_has_an_owner_and_a_deputy(company, plan):
    topic = add_topic(plan, by=company.lena)
    shown = [(branch.name, branch.depth) for branch in topic_tree()]
    assert shown == [("Baggage", 0), ("Baggage › Lost parcels", 1), ("Invoice", 0)]
    assert (topic.owner, topic.deputy, topic.slug) == (company.mika, company.ben, "lost-parcels")
    told = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert told == ["TopicAdded", "TopicOwnerChanged"]


def test_no_topic_hangs_below_itself(company, plan):
    below = add_topic(plan, by=company.lena)
    ring = TopicPlan("Baggage", company.service, parent=below)
    with pytest.raises(Invalid, match="below itself"):
        change_topic(company.baggage, ring, by=company.lena)
    with pytest.raises(Invalid, match="below itself"):
        change_topic(company.baggage, replace(ring, parent=company.baggage), by=company.lena)


def test_the_tree_does_not_grow_deeper_than_people_can_read(company):
    parent = company.baggage
    for level in range(1, DEEPEST):
        plan = TopicPlan(f"Level {level}", company.service, parent)
        parent = add_topic(plan, by=company.lena)
    with pytest.raises(Invalid, match="levels deep"):
        add_topic(TopicPlan("One more", company.service, parent), by=company.lena)
    with pytest.raises(Invalid, match="levels deep"):
        down = TopicPlan("Baggage", company.service, parent=company.invoice)
        change_topic(company.baggage, down, by=company.maren)


@pytest.mark.parametrize(
    ("owner", "deputy", "said"),
    [
        ("bea", None, "is not in Service"),
        ("vic", None, "is not in Service"),
        ("mika", "mika", "somebody else"),
    ],
)
def test_owner_and_deputy_are_two_people_who_can_answer_in_the_team(
    company, plan, owner, deputy, said
):
    chosen = replace(
        plan, owner=getattr(company, owner), deputy=getattr(company, deputy) if deputy else None
    )
    with pytest.raises(Invalid, match=said):
        add_topic(chosen, by=company.lena)


def test_a_name_is_used_once_and_never_empty(company, plan):
    for name in ("baggage", "  "):
        with pytest.raises(Invalid):
            add_topic(replace(plan, name=name), by=company.lena)


def test_leads_change_the_topics_of_their_own_team_only(company, plan):
    with pytest.raises(NotAllowed):
        add_topic(replace(plan, team=company.billing, parent=None), by=company.lena)
    with pytest.raises(NotAllowed):
        change_topic(company.invoice, TopicPlan("Invoice", company.service), by=company.lena)
    with pytest.raises(NotAllowed):
        retire_topic(company.invoice, by=company.lena)
    with pytest.raises(NotAllowed):
        add_topic(plan, by=company.mika)


def test_a_retired_topic_keeps_its_conversations_and_is_offered_no_more(company, plan, receive):
    topic = add_topic(plan, by=company.lena)
    about = set_topic(receive(), topic, by=company.mika)
    with pytest.raises(Refusal, match="hangs below"):
        retire_topic(company.baggage, by=company.lena)
    retired = retire_topic(topic, by=company.lena)
    about.refresh_from_db()
    assert about.topic == topic
    assert topic.pk not in {branch.topic.pk for branch in topic_tree()}
    other = receive(by="tom")
    with pytest.raises(Invalid, match="out of use"):
        set_topic(other, retired, by=company.mika)
    assert not suggest_topic(other, retired)
    use_again(retired, by=company.lena)
    assert Topic.objects.get(pk=topic.pk).retired_at is None
