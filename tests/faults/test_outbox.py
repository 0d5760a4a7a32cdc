"""Every answer leaves once, whatever dies, gets lost or comes late, and its state is true."""

from __future__ import annotations

import hashlib
import secrets
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection

from harken.connectors.loopback.network import LoopbackNetwork
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation, Message
from harken.domain.people.models import User
from harken.domain.replies.models import ON_ITS_WAY, Attempt, Reply, ReplyState
from harken.domain.replies.services.send import send
from tests.cast import Company, make_company
from tests.faults.nursery import PATIENCE
from tests.faults.outbox import (
    blind_repeats,
    connected,
    copies_at,
    customers_write,
    out_of_order,
    workers,
)

REPLIES = 2_000
ANSWERS = 4  # in one conversation, so that order matters
UNANSWERABLE = 100  # replies over a network where nobody can look
KILLS = 50
SEED = 2_026


@pytest.fixture
def network() -> Iterator[LoopbackNetwork]:
    with LoopbackNetwork.serve() as served:
        yield served


@pytest.fixture
def staff(transactional_db: None) -> Company:
    company = make_company()
    Channel.objects.all().delete()
    return company


def answer_all(conversations: list[Conversation], by: User) -> list[Reply]:
    """Answer each conversation as people do."""
    return [
        send(each, body=f"Answer 0 in {each.pk}", client_key=uuid.uuid4(), by=by)
        for each in conversations
    ]


def another(reply: Reply, slot: int) -> Reply:
    """The same writer's next answer, as `send` would have stored it."""
    body = f"Answer {slot} in {reply.conversation_id}"
    return Reply(
        conversation_id=reply.conversation_id,
        channel_id=reply.channel_id,
        author_id=reply.author_id,
        turn_id=reply.turn_id,
        target_id=reply.target_id,
        answers_id=reply.answers_id,
        slot=slot,
        client_key=uuid.uuid4(),
        key=secrets.token_hex(12),
        body=body,
        body_sha256=hashlib.sha256(body.encode()).hexdigest(),
        state=ReplyState.QUEUED,
        hold_until=reply.hold_until,
        next_attempt_at=reply.next_attempt_at,
    )


def kill_while_writing(nursery: subprocess.Popen[str], replies: list[Reply]) -> int:
    """Write some of the replies after each kill, so that every kill meets somebody at work.

    Returns how many did.
    """
    assert nursery.stdout is not None
    share, at_work = -(-len(replies) // KILLS), 0
    for start in range(0, share * KILLS, share):
        at_work += int(nursery.stdout.readline())
        Reply.objects.bulk_create(replies[start : start + share])
    return at_work


def wait_until_settled() -> None:
    end = time.monotonic() + 2 * PATIENCE
    while left := Reply.objects.filter(state__in=ON_ITS_WAY).count():
        assert time.monotonic() < end, f"{left} replies did not settle"
        time.sleep(0.1)


def test_2000_replies_survive_50_kills_each_sent_once(
    network: LoopbackNetwork, staff: Company
) -> None:
    began = time.monotonic()
    each = REPLIES // 2 // ANSWERS
    answerable = [
        *customers_write(network, connected(network, staff, "key.example"), each),
        *customers_write(network, connected(network, staff, "list.example"), each),
    ]
    mute = customers_write(network, connected(network, staff, "none.example"), UNANSWERABLE)
    network.faults.set(lost_response=0.02, error=0.02, late=0.01, late_seconds=1.0, seed=SEED)
    first = answer_all(answerable, staff.lena)
    more = [another(reply, slot) for slot in range(1, ANSWERS) for reply in first]
    answer_all(mute, staff.lena)
    prepared = time.monotonic() - began
    with workers(4, kills=KILLS, seed=SEED) as nursery:
        at_work = kill_while_writing(nursery, more)
        killed_after = time.monotonic() - began
        wait_until_settled()
    written = Reply.objects.count() - UNANSWERABLE
    sys.stdout.write(
        f"\noutbox: {written} replies and {UNANSWERABLE} over a network that cannot tell, "
        f"4 workers, {KILLS} kills ({at_work} in the middle of a call); prepared {prepared:.1f} s, "
        f"last kill {killed_after:.1f} s, all {time.monotonic() - began:.1f} s\n"
    )
    states = Counter(Reply.objects.values_list("channel__handle", "state"))
    tried = Counter(Attempt.objects.values_list("outcome", flat=True))
    wrong = differences(copies_at(network))
    sys.stdout.write(
        f"outbox: faults {dict(network.faults.seen)}; states {dict(states)}; "
        f"attempts {dict(tried)}; {wrong}\n"
    )
    assert written == REPLIES
    assert at_work >= KILLS * 0.8
    assert states["key.example", "sent"] + states["list.example", "sent"] == REPLIES
    assert states["none.example", "sent"] + states["none.example", "needs_human"] == UNANSWERABLE
    assert out_of_order(network) == 0
    assert not any(wrong.values()), wrong


def differences(copies: Counter[str]) -> dict[str, int]:
    """Everything in which our word differs from what stands at the network."""
    wrong = Counter(lost=0, twice=0, untold=0, unlinked=0)
    for reply in Reply.objects.select_related("message"):
        there = copies[reply.body]
        wrong["twice"] += there > 1
        wrong["lost"] += reply.state == ReplyState.SENT and there == 0
        # Only a reply that waits for a person may stand there without our saying so.
        wrong["untold"] += (
            reply.state not in {ReplyState.SENT, ReplyState.NEEDS_HUMAN} and there > 0
        )
        linked = reply.message is not None and reply.message.body == reply.body
        wrong["unlinked"] += (reply.state == ReplyState.SENT) != linked
    wrong["messages"] = Message.objects.filter(direction="outbound").count() - sum(
        state == ReplyState.SENT for state in Reply.objects.values_list("state", flat=True)
    )
    wrong["blind repeats"] = blind_repeats()
    wrong["still waiting"] = Conversation.objects.filter(
        waiting_since__isnull=False, channel__handle__in=["key.example", "list.example"]
    ).count()
    wrong["open transactions"] = lingering()
    return dict(wrong)


def lingering() -> int:
    """Sessions that hold a transaction open although every worker is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
