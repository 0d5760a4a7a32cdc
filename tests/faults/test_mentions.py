"""Mentions under kill -9: what was asked for is one conversation each, and is answered once."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from harken.config.wiring import wire
from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import NewPost, Person
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation, Message
from harken.domain.journal.models import Event
from harken.domain.listening.models_mentions import Mention, MentionState, Taking
from harken.domain.listening.services.asking import ask_for
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.listening.stored import Post
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.services.send import send
from harken.kit.heard import Heard
from tests.cast import Company, make_company
from tests.faults.nursery import PATIENCE, nursery
from tests.faults.outbox import connected, copies_at, workers

COUNT, KILLS, SEED = 60, 15, 23


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


def overheard(network: LoopbackNetwork, company: Company) -> list[Mention]:
    """Customers who name us without calling us, as a source heard them; twice."""
    wanted = Wanted("Us", "brand", "meridian", team=company.service)
    save_monitor(None, wanted, by=company.lena)
    posts = []
    for number in range(COUNT):
        author = network.person(Person(f"c{number}.example"))
        text = f"meridian {number}: " + " ".join(f"w{number}x{each}" for each in range(6))
        written = network.write(author, NewPost(text))
        posts.append(
            Post(
                Heard(
                    network="loopback",
                    uri=written.id,
                    author=author.handle,
                    text=text,
                    sent_at=written.at,
                )
            )
        )
    ear = Ear()
    ear.refresh()
    for _ in range(2):
        with transaction.atomic():
            ear.hear(posts)
    return list(Mention.objects.order_by("pk"))


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_killed_workers_make_one_conversation_of_each_and_each_is_answered_once(network, staff):
    connected(network, staff, "meridian.example")
    mentions = overheard(network, staff)
    assert len(mentions) == COUNT
    with nursery("mention", 3, KILLS, SEED, within=6.0):
        for mention in mentions:
            ask_for(mention, by=staff.mika)
            ask_for(mention, by=staff.ben)
            time.sleep(0.08)
        wait_until(lambda: not Taking.objects.filter(next_at__isnull=False).exists())
    taken = Mention.objects.filter(state=MentionState.TAKEN, message__isnull=False)
    assert taken.count() == Message.objects.count() == Conversation.objects.count() == COUNT
    assert Event.objects.filter(kind="MentionTaken").count() == COUNT
    assert set(Conversation.objects.values_list("assignee", "why")) == {(staff.mika.pk, "search")}
    assert not Conversation.objects.filter(due_at=None).exists()
    for each in Conversation.objects.all():
        send(each, body=f"Sorry, {each.pk}", client_key=uuid.uuid4(), by=staff.mika)
    with workers(1):
        wait_until(lambda: not Reply.objects.exclude(state=ReplyState.SENT).exists())
    copies = Counter({k: n for k, n in copies_at(network).items() if k.startswith("Sorry")})
    assert (len(copies), set(copies.values())) == (COUNT, {1})
    tops = {post.parent for post in network.posts() if post.text.startswith("Sorry")}
    assert tops == set(Mention.objects.values_list("uri", flat=True))
