"""Answers scheduled for later under kill -9: each leaves never or once, and never when it is stale.

Workers are killed while they deliver, around the moments that were chosen; customers write again
and authors take back shortly before, at and after those moments.
"""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connections

from harken.config.wiring import wire
from harken.connectors.loopback.network import LoopbackNetwork
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from harken.domain.replies.models import ON_ITS_WAY, WAITING, Attempt, Reply, ReplyState
from harken.domain.replies.services.send import send
from harken.domain.replies.services.undo import TooLate, undo
from harken.kit import clock
from harken.kit.connector import Author
from tests.cast import Company, make_company, post
from tests.faults.nursery import PATIENCE
from tests.faults.outbox import blind_repeats, connected, copies_at, customers_write, workers

COUNT, KILLS, SEED = 90, 10, 411
BEFORE = timedelta(seconds=5)  # until the first moment
SPREAD = 6.0  # seconds over which the moments lie
# Seconds after its moment that something happens to an answer: half of it as close as this, half
# so long before that it is in time also where the machine is slow.
AROUND, EARLY = (-0.3, 1.5), (-4.0, -1.0)
News = dict[int, datetime]  # by the conversation's number: from when on somebody can know of it


@pytest.fixture
def network() -> Iterator[LoopbackNetwork]:
    with LoopbackNetwork.serve() as served:
        yield served


@pytest.fixture
def staff(transactional_db: None) -> Company:
    wire()
    company = make_company()
    Channel.objects.all().delete()
    return company


def schedule_all(conversations: list[Conversation], company: Company) -> list[Reply]:
    return [
        send(
            each,
            body=f"Later, in {each.pk}",
            client_key=uuid.uuid4(),
            by=company.mika,
            go_at=clock.now() + timedelta(hours=1),
        )
        for each in conversations
    ]


def come_near(replies: list[Reply]) -> None:
    """The moments, one after the other from soon on, however long it took to write the answers."""
    began = clock.now() + BEFORE
    for number, each in enumerate(replies):
        each.go_at = began + timedelta(seconds=SPREAD * number / len(replies))
        each.hold_until = each.next_attempt_at = each.go_at
    Reply.objects.bulk_update(replies, ["go_at", "hold_until", "next_attempt_at"])


def live_through(replies: list[Reply], company: Company, dice: random.Random, known: News) -> int:
    """Let things happen around the moments; how many were taken back in time."""
    news, taken = dice.sample(replies, len(replies) // 2), 0
    happens = sorted((moment_of(each, dice), each.pk, each) for each in news)
    for number, (at, _, reply) in enumerate(happens):
        time.sleep(max(0.0, (at - clock.now()).total_seconds()))
        if number % 4:
            write_again(reply)
            known[reply.conversation_id] = clock.now()
            continue
        try:
            taken += undo(reply, by=company.mika).state == ReplyState.UNDONE
        except TooLate:
            continue
    return taken


def moment_of(reply: Reply, dice: random.Random) -> datetime:
    assert reply.go_at is not None
    span = dice.choice([AROUND, EARLY])
    return reply.go_at + timedelta(seconds=dice.uniform(*span))


def write_again(reply: Reply) -> None:
    known = reply.conversation.handle
    thread = {"root_id": reply.conversation.thread_key, "parent_id": reply.target.external_id}
    author = Author(known.external_id, known.handle, known.display_name)
    receive_posts(reply.channel, [post("And one more thing.", author=author, **thread)])


def wait_until_settled() -> None:
    end = time.monotonic() + PATIENCE
    waiting = Reply.objects.filter(state__in=[*WAITING, *ON_ITS_WAY])
    while left := waiting.count():
        assert time.monotonic() < end, f"{left} replies did not settle"
        time.sleep(0.1)


def stale_ones(known: News) -> int:
    """Answers begun although something their writer had not read stood in the journal."""
    stale = 0
    for reply in Reply.objects.exclude(attempts=None):
        events = Event.objects.filter(conversation_id=reply.conversation_id)
        began = events.filter(kind="ReplyScheduled").earliest("pk").pk
        left = events.filter(kind="ReplyQueued").earliest("pk").pk
        news = events.filter(kind="MessageReceived", pk__gt=began)
        stale += news.filter(pk__lt=left).exists()
        if reply.conversation_id in known:  # and each try after the first
            later = Attempt.objects.filter(started_at__gt=known[reply.conversation_id])
            stale += later.filter(reply=reply).count()
    return stale


def test_what_is_scheduled_leaves_never_or_once_and_never_stale(
    network: LoopbackNetwork, staff: Company
) -> None:
    conversations = [
        *customers_write(network, connected(network, staff, "key.example"), COUNT // 2),
        *customers_write(network, connected(network, staff, "list.example"), COUNT // 2),
    ]
    dice = random.Random(SEED)
    dice.shuffle(conversations)
    replies, known = schedule_all(conversations, staff), News()
    with workers(3, kills=KILLS, seed=SEED) as nursery:
        come_near(replies)
        taken = live_through(replies, staff, dice, known)
        assert nursery.stdout is not None
        at_work = sum(int(nursery.stdout.readline()) for _ in range(KILLS))
        wait_until_settled()
    connections.close_all()

    copies = copies_at(network)
    states = Counter(Reply.objects.values_list("state", flat=True))
    stayed = Reply.objects.filter(state=ReplyState.UNDONE).exclude(error="").count()
    print(  # noqa: T201  (the figures are what the test is for)
        f"\n{COUNT} scheduled, {KILLS} kills ({at_work} of workers at work): {dict(states)}, "
        f"{stayed} stayed as stale, {taken} taken back; most copies of one: "
        f"{max(copies[each.body] for each in replies)}"
    )
    for reply in Reply.objects.all():
        assert copies[reply.body] == (reply.state == ReplyState.SENT), reply.state
    assert set(states) == {ReplyState.SENT, ReplyState.UNDONE}
    assert stale_ones(known) == 0
    assert blind_repeats() == 0
    assert Notification.objects.filter(kind="stayed").count() == stayed
    assert min(stayed, taken, states[ReplyState.SENT], at_work) > 0
