"""What a person decides where no machine can tell."""

from __future__ import annotations

import pytest

from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.services.settle import NotOpen, edit_again, resolve_by_hand
from harken.kit.refusals import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubtful(answer):
    reply = answer()
    Reply.objects.filter(pk=reply.pk).update(state=ReplyState.NEEDS_HUMAN)
    return reply


def test_a_reply_seen_at_the_network_settles_its_turn(company, doubtful):
    done = resolve_by_hand(doubtful, was_sent=True, url="https://n.example/1", by=company.ben)
    assert done.state == ReplyState.SENT
    assert done.attempts.get().detail == "https://n.example/1"
    done.conversation.refresh_from_db()
    assert done.conversation.waiting_since is None


def test_a_reply_not_seen_there_leaves_again(company, doubtful, outbox, network):
    resolve_by_hand(doubtful, was_sent=False, by=company.ben)
    assert outbox.deliver() == 1
    assert network.named("send") == [doubtful.key]


def test_only_one_colleague_settles_it(company, doubtful):
    resolve_by_hand(doubtful, was_sent=True, by=company.ben)
    with pytest.raises(NotOpen):
        resolve_by_hand(doubtful, was_sent=False, by=company.mika)


def test_viewers_settle_nothing(company, doubtful):
    with pytest.raises(NotAllowed):
        resolve_by_hand(doubtful, was_sent=True, by=company.vic)


def test_a_refused_reply_becomes_a_draft_again(company, answer):
    reply = answer("Tomorrow.")
    with pytest.raises(NotOpen):
        edit_again(reply, by=company.mika)
    reply.state = ReplyState.REFUSED
    assert edit_again(reply, by=company.mika).body == "Tomorrow."
    assert draft_of(reply.conversation, company.mika).client_key != reply.client_key
