"""What the outbox fault tests share: a served network, accounts at it, customers, workers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.db import connection

from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import NewPost, Person
from harken.domain.channels.models import Channel
from harken.domain.channels.services.connect import connect
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.replies.models import Attempt, Outcome, Reply
from harken.kit.connector import Author, InboundPost
from tests.cast import Company
from tests.faults.nursery import FAREWELL, ROOT, end_all_of


def connected(network: LoopbackNetwork, company: Company, handle: str) -> Channel:
    """A channel of an account at the served network, without undo time."""
    network.open_account(Person(handle, handle.title()), password="pass-1")
    channel = connect(
        "loopback",
        {"service": network.url, "handle": handle, "password": "pass-1"},
        brand=company.brand,
        team=company.service,
        by=company.lena,
    )
    Channel.objects.filter(pk=channel.pk).update(undo_seconds=0)
    channel.refresh_from_db()
    return channel


def customers_write(network: LoopbackNetwork, channel: Channel, count: int) -> list[Conversation]:
    """`count` customers write to the account, each a conversation of its own."""
    posts = []
    for number in range(count):
        author = network.person(Person(f"c{number}.example", f"Customer {number}"))
        written = network.write(author, NewPost(f"@{channel.handle} question {number}"))
        posts.append(
            InboundPost(
                external_id=written.id,
                author=Author(author.id, author.handle, author.name),
                text=written.text,
                sent_at=written.at,
                root_id=written.root,
                version="0",
            )
        )
    for start in range(0, count, 100):
        receive_posts(channel, posts[start : start + 100])
    return list(Conversation.objects.filter(channel=channel).order_by("id"))


@contextmanager
def workers(number: int, *, kills: int = 0, seed: int = 1) -> Iterator[subprocess.Popen[str]]:
    """A nursery with that many workers on the test's own database, ended afterwards."""
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.worker_nursery", str(number), str(kills), str(seed)],
        cwd=ROOT,
        env={**os.environ, "HARKEN_DATABASE_URL": own_database()},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield nursery
        nursery.terminate()
        nursery.wait(FAREWELL)
    finally:
        end_all_of(nursery)


def own_database() -> str:
    """The address of the test's own database, for another process."""
    found = connection.settings_dict
    who = f"{quote(found['USER'])}:{quote(found['PASSWORD'])}".rstrip(":")
    where = f"host={quote(found['HOST'], safe='')}&port={found['PORT'] or 5432}"
    return f"postgresql://{who}@/{found['NAME']}?{where}"


def copies_at(network: LoopbackNetwork) -> Counter[str]:
    """How often each text stands at the network."""
    return Counter(post.text for post in network.posts())


def blind_repeats() -> int:
    """Attempts begun although nobody had made sure that the one before was not applied."""
    outcomes = defaultdict(list)
    for reply, outcome in Attempt.objects.order_by("id").values_list("reply_id", "outcome"):
        outcomes[reply].append(outcome)
    harmless = {Outcome.LATER, Outcome.ABSENT}
    return sum(before not in harmless for tried in outcomes.values() for before in tried[:-1])


def out_of_order(network: LoopbackNetwork) -> int:
    """Pairs of answers to one customer that stand at the network in the wrong order."""
    place = {post.text: number for number, post in enumerate(network.posts())}
    wrong = 0
    last: dict[int, int] = {}
    for conversation, body in Reply.objects.order_by("id").values_list("conversation_id", "body"):
        if body in place:
            wrong += place[body] < last.get(conversation, -1)
            last[conversation] = place[body]
    return wrong
