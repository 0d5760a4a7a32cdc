"""A thousand random lives of an answer: what was approved is what is sent, always."""

from __future__ import annotations

import hashlib
import random
import uuid
from collections import Counter
from datetime import timedelta

import pytest

from harken.domain.approvals.models import Approval, Decision
from harken.domain.approvals.services.decide import approve, edit, give_back
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.services.send import send
from harken.domain.replies.services.undo import undo
from harken.kit import clock
from harken.kit.refusals import Refusal
from tests.cast import Company, post

pytestmark = pytest.mark.django_db
STEPS = 4
WORDS = (
    *("parcel", "tomorrow", "noon", "🚲", "Åse", "naïve", "cafe\u0301", "line\nbreak"),
    *("sorry", "van", "driver", "שלום", "ligature ﬁ", "zero\u200dwidth"),
)


PAST = clock.now() - timedelta(hours=1)


def words(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(4, 9)))


@pytest.mark.parametrize("sequences", [60, pytest.param(1000, marks=pytest.mark.soak)])
def test_the_bytes_approved_are_the_bytes_sent_whatever_happens_before(
    company, trainees, outbox, sequences
):
    dice, seen = random.Random(4), Counter[str]()
    asks = [post(by=f"customer{number}") for number in range(sequences)]
    receive_posts(company.channel, asks)
    for conversation in Conversation.objects.all():
        reply = send(conversation, body=words(dice), client_key=uuid.uuid4(), by=company.mika)
        for _ in range(dice.randint(1, STEPS)):
            reply = step(dice, reply, company, seen)
    Reply.objects.filter(state=ReplyState.HELD).update(hold_until=PAST, next_attempt_at=PAST)
    while outbox.deliver():
        pass
    sent = Reply.objects.filter(state=ReplyState.SENT).select_related("approval", "message")
    assert sent.count() == len(outbox.network.records) > sequences / 5
    for reply in sent:
        at_network = outbox.network.records[reply.key].text
        digest = hashlib.sha256(at_network.encode()).hexdigest()
        assert digest == reply.approval.sha256 == reply.body_sha256
        assert reply.approval.decision == Decision.APPROVED
        assert reply.approval.decided_by in {company.lena, company.maren}
        assert at_network == reply.approval.wordings.latest("number").body
    assert not Approval.objects.exclude(decision="approved").filter(reply__state="sent").exists()
    print(f"{sequences} sequences, {dict(seen)}, {sent.count()} sent")  # noqa: T201


def step(dice: random.Random, reply: Reply, company: Company, seen: Counter[str]) -> Reply:
    """One thing somebody tries; half of the time somebody who may not."""
    what = dice.choice(["edit", "approve", "approve", "return", "undo", "again"])
    other = dice.choice([company.mika, company.ben, company.elif_, company.vic])
    by = other if dice.random() < 0.5 else dice.choice([company.lena, company.maren])
    approval = Approval.objects.get(reply=reply)
    try:
        match what:
            case "edit":
                edit(approval, body=words(dice), by=by)
            case "approve":
                approve(approval, body=words(dice) if dice.random() < 0.5 else None, by=by)
            case "return":
                give_back(approval, note="Again, please.", by=by)
            case "undo":
                undo(reply, by=by)
            case "again":
                conversation = reply.conversation
                reply = send(
                    conversation, body=words(dice), client_key=uuid.uuid4(), by=company.mika
                )
        seen[what] += 1
    except Refusal:
        seen["refused"] += 1
    return Reply.objects.get(pk=reply.pk)
