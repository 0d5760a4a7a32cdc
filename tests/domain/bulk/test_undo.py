"""Undo restores exactly, whatever was done to whom; what somebody changed since stays theirs."""

from __future__ import annotations

import random

import pytest

from harken.domain.bulk.models import ItemState, Progress
from harken.domain.bulk.queries import Wish, tally
from harken.domain.bulk.services.run import start
from harken.domain.bulk.services.undo import undo
from harken.domain.conversations.models import CloseReason, Conversation, ConversationTag, Priority
from harken.domain.conversations.services.assign import assign
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.priority import set_priority
from harken.domain.conversations.services.tags import add_tag
from harken.domain.conversations.services.topics import set_topic
from harken.domain.sla.models import AppliedSLA
from harken.domain.sla.services.policies import Terms, add_policy, move_policy
from harken.kit.refusals import Invalid

pytestmark = pytest.mark.django_db

CLOCK = ("conversation", "turn", "metric", "policy", "target", "state", "due_at", "ended_at")
TAGS = ("refund", "late", "press-call")


def world():
    """Every column of every conversation, every tag and every clock that runs."""
    conversations = {row["id"]: row for row in Conversation.objects.order_by("pk").values()}
    tags = set(ConversationTag.objects.values_list("conversation", "tag", "added_by", "added_at"))
    clocks = set(AppliedSLA.objects.values_list(*CLOCK))
    return conversations, tags, clocks


def promises(company):
    """A promise for a priority and one for a topic, tried before the one for everybody."""
    for terms in ({"priority": "urgent"}, {"topic": company.baggage}):
        made = add_policy(Terms(name="Sooner", first_response=30, **terms), by=company.maren)
        move_policy(made, up=True, by=company.maren)


def any_crowd(company, receive, chance):
    """Conversations in all kinds of states, sometimes with two messages."""
    made = []
    for number in range(6):
        conversation = receive(f"question {number}", by=f"guest{number}")
        if chance.random() < 0.4:
            receive("Hello?", by=f"guest{number}", root_id=conversation.thread_key)
        if chance.random() < 0.4:
            add_tag(conversation, chance.choice(TAGS), by=company.ben)
        if chance.random() < 0.4:
            set_topic(conversation, company.baggage, by=company.maren)
        if chance.random() < 0.4:
            set_priority(conversation, chance.choice(Priority.values), by=company.ben)
        if chance.random() < 0.4:
            assign(conversation, to=chance.choice([company.mika, company.ben]), by=company.lena)
        if chance.random() < 0.3:
            close(conversation, reason="thanks", by=company.ben)
        made.append(conversation)
    return made


def any_wish(company, made, chance):
    """Something to do to some of them."""
    values = {
        "assign": ["", str(company.mika.pk), str(company.maren.pk)],
        "take": [""],
        "team": [str(company.billing.pk)],
        "topic": ["", str(company.baggage.pk), str(company.invoice.pk)],
        "tag": list(TAGS),
        "untag": list(TAGS),
        "priority": list(Priority.values),
        "close": list(CloseReason.values),
    }
    action = chance.choice(sorted(values))
    some = chance.sample(made, chance.randint(1, len(made)))
    ids = tuple(each.pk for each in some)
    return Wish(action=action, value=chance.choice(values[action]), ids=ids)


@pytest.mark.parametrize("seed", range(8))
def test_undo_restores_exactly_what_was(company, receive, seed):
    chance = random.Random(seed)
    promises(company)
    made = any_crowd(company, receive, chance)
    done = []
    for _ in range(5):
        before = world()
        try:
            change = start(any_wish(company, made, chance), by=company.maren)
        except Invalid:  # it would have changed nothing, and so it did
            assert world() == before
            continue
        assert world() != before
        done.append((change, before))
    assert done
    for change, before in reversed(done):
        assert undo(change, by=company.maren).state == Progress.UNDONE
        assert tally(change)[ItemState.KEPT] == 0
        assert world() == before


@pytest.mark.parametrize("seed", range(4))
def test_what_somebody_changed_since_is_left_alone_and_listed(company, receive, seed):
    chance = random.Random(100 + seed)
    made = [receive(by=f"guest{n}") for n in range(8)]
    wish = Wish(action="priority", value="high", ids=tuple(each.pk for each in made))
    change = start(wish, by=company.mika)
    since = chance.sample(made, 3)
    for each in since:
        set_priority(each, "urgent", by=company.ben)
    other = next(each for each in made if each not in since)
    add_tag(other, "refund", by=company.ben)  # another thing than what was changed
    undo(change, by=company.mika)
    kept = change.items.filter(state=ItemState.KEPT)
    assert {item.conversation_id for item in kept} == {each.pk for each in since}
    assert {item.why for item in kept} == {"changed since"}
    now = dict(Conversation.objects.values_list("pk", "priority"))
    assert {pk for pk, priority in now.items() if priority == "urgent"} == {e.pk for e in since}
    assert sorted(now.values()) == ["normal"] * 5 + ["urgent"] * 3
    assert ConversationTag.objects.filter(conversation=other).exists()


def test_a_customer_who_wrote_again_is_not_pushed_back(company, receive):
    conversation = receive()
    change = start(Wish(action="close", value="spam", ids=(conversation.pk,)), by=company.mika)
    again = receive("I am still here", root_id=conversation.thread_key)
    assert again.state == "open"
    undo(change, by=company.mika)
    assert change.items.get().state == ItemState.KEPT
    again.refresh_from_db()
    assert again.turn.body == "I am still here"
