"""Everything inbound is stored once, however often it comes and however often we die."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import Face, NewPost, Person
from harken.domain.channels.models import Channel, Cursor, Quarantined
from harken.domain.channels.services.connect import connect
from harken.domain.conversations.models import Conversation, Message
from harken.domain.conversations.models_early import EarlyEdit, Tombstone
from harken.domain.journal.models import Event
from tests.cast import make_company
from tests.faults.nursery import PATIENCE

EVENTS = 5_000
KILLS = 50
SEED = 20_261
ROOT = Path(__file__).resolve().parent.parent.parent


class Crowd:
    """Invented customers who write, answer each other, edit and delete."""

    def __init__(self, network: LoopbackNetwork) -> None:
        self.network = network
        self.dice = random.Random(SEED)
        self.done = {"post": 0, "edit": 0, "delete": 0}
        self._people = [
            network.person(Person(f"person{n}.example", f"Person {n}")) for n in range(150)
        ]
        self._standing: list[tuple[str, Face]] = []

    def act(self) -> None:
        """One event."""
        throw = self.dice.random()
        if not self._standing or throw < 0.76:
            self._write()
        elif throw < 0.90:
            post, author = self._recent()
            self.network.edit(author, post, f"@harbour.example edited {self.dice.random()}")
            self.done["edit"] += 1
        else:
            chosen = self._recent()
            self._standing.remove(chosen)
            self.network.delete(chosen[1], chosen[0])
            self.done["delete"] += 1

    def _write(self) -> None:
        author = self.dice.choice(self._people)
        answers = self._recent()[0] if self._standing and self.dice.random() < 0.4 else None
        number = self.done["post"]
        text = f"@harbour.example question {number}"
        post = self.network.write(author, NewPost(text, reply_to=answers, lang="en"))
        self._standing.append((post.id, author))
        self.done["post"] += 1

    def _recent(self) -> tuple[str, Face]:
        # Mostly what has just been written, so that an edit meets its post in the same page.
        return self.dice.choice(self._standing[-30:])


@pytest.fixture
def network() -> Iterator[LoopbackNetwork]:
    with LoopbackNetwork.serve() as served:
        served.open_account(Person("harbour.example", "Harbour"), password="pass-1")
        yield served


@pytest.fixture
def channel(transactional_db: None, network: LoopbackNetwork) -> Channel:
    company = make_company()
    Channel.objects.all().delete()
    return connect(
        "loopback",
        {"service": network.url, "handle": "harbour.example", "password": "pass-1"},
        brand=company.brand,
        team=company.service,
        by=company.lena,
    )


def database_url() -> str:
    """The address of the test's own database, for another process."""
    found = connection.settings_dict
    who = f"{quote(found['USER'])}:{quote(found['PASSWORD'])}".rstrip(":")
    where = f"host={quote(found['HOST'], safe='')}&port={found['PORT'] or 5432}"
    return f"postgresql://{who}@/{found['NAME']}?{where}"


def wait_until_read(network: LoopbackNetwork, account: Face) -> None:
    last = str(network.events(account, None, 1).cursor)
    end = time.monotonic() + 2 * PATIENCE
    while True:
        page = network.events(account, int(last), 500)
        last = str(page.cursor)
        if not page.more:
            break
    while Cursor.objects.values_list("value", flat=True).first() != last:
        assert time.monotonic() < end, "the listener did not catch up"
        time.sleep(0.1)


def compare(network: LoopbackNetwork, channel: Channel) -> dict[str, int]:
    """What is stored against what the network has; every difference is counted."""
    stored = {
        external_id: (body, deleted_at, name)
        for external_id, body, deleted_at, name in Message.objects.values_list(
            "external_id", "body", "deleted_at", "handle__external_id"
        )
    }
    buried = set(Tombstone.objects.values_list("external_id", flat=True))
    wrong = {"lost": 0, "text": 0, "author": 0, "deletion": 0, "alive": 0}
    posts = network.posts()
    for post in posts:
        message = stored.pop(post.id, None)
        if message is None:
            # A post whose deletion came first is never shown; its tombstone is its record.
            wrong["lost"] += not (post.deleted and post.id in buried)
            continue
        body, deleted_at, author = message
        wrong["author"] += author != post.author.id
        wrong["deletion"] += post.deleted != (deleted_at is not None)
        wrong["alive"] += post.deleted and post.id not in buried
        wrong["text"] += not post.deleted and body != post.text
    wrong["invented"] = len(stored)
    wrong["waiting edits"] = EarlyEdit.objects.exclude(external_id__in=buried).count()
    for conversation in Conversation.objects.all():
        kept = conversation.messages.count()
        wrong["count"] = wrong.get("count", 0) + (kept != conversation.message_count)
    told = Event.objects.filter(kind="MessageReceived").values_list("data__message", flat=True)
    wrong["told twice"] = len(told) - len(set(told))
    wrong["not told"] = Message.objects.exclude(pk__in=list(told)).count()
    wrong["quarantined"] = Quarantined.objects.count()
    return wrong


def test_5000_events_in_disorder_survive_50_kills_each_stored_once(
    network: LoopbackNetwork, channel: Channel
) -> None:
    began = time.monotonic()
    account = network.log_in("harbour.example", "pass-1").account
    crowd = Crowd(network)
    for _ in range(EVENTS // 2):
        crowd.act()
    network.faults.set(duplicate=0.5, shuffle=0.7, seed=SEED)
    nursery = open_nursery()
    try:
        over = threading.Event()
        writer = threading.Thread(target=act_on, args=(crowd, EVENTS // 2, over))
        writer.start()
        assert nursery.stdout is not None
        kills, died_storing = map(int, nursery.stdout.readline().split())
        killed_after = time.monotonic() - began
        over.set()
        writer.join()
        wait_until_read(network, account)
    finally:
        over.set()
        nursery.kill()
        nursery.wait()
    tell(crowd, kills, died_storing, killed_after)
    wrong = compare(network, channel)
    distinct, stored = crowd.done["post"], Message.objects.count()
    never_seen = Tombstone.objects.exclude(
        external_id__in=Message.objects.values("external_id")
    ).count()
    sys.stdout.write(
        f"intake: {distinct} posts, {stored} stored, {never_seen} deleted before they were stored; "
        f"wrong {wrong}; {time.monotonic() - began:.1f} s\n"
    )
    assert sum(crowd.done.values()) >= EVENTS
    assert kills >= KILLS
    assert died_storing >= KILLS - 5
    assert stored + never_seen == distinct
    assert not any(wrong.values()), wrong


def open_nursery() -> subprocess.Popen[str]:
    """Start the process that raises listeners and kills them."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.listener_nursery", str(KILLS), str(SEED)],
        cwd=ROOT,
        env={**os.environ, "HARKEN_DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        text=True,
    )


def tell(crowd: Crowd, kills: int, died_storing: int, seconds: float) -> None:
    """Print what was done to the listeners."""
    seen = crowd.network.faults.seen
    sys.stdout.write(
        f"\nintake: {sum(crowd.done.values())} events ({crowd.done}), {seen['duplicate']} told "
        f"again, {seen['shuffle']} pages shuffled, {kills} kills ({died_storing} while storing a "
        f"page) in {seconds:.1f} s\n"
    )


def act_on(crowd: Crowd, times: int, over: threading.Event) -> None:
    """Go on writing, so often and while listeners come and die: each of them gets something."""
    done = 0
    while done < times or not over.is_set():
        crowd.act()
        done += 1
        time.sleep(0.003 if done < times else 0.2)
