"""The worker's loop with its threads, on a committed database."""

from __future__ import annotations

import threading
import time
import uuid

import pytest
from django.db import connection, connections

from harken.domain.channels.models import Channel, ProcessBeat
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.replies.delivery.loop import run
from harken.domain.replies.delivery.pace import Pace
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.services.network_actions import like
from harken.domain.replies.services.send import send
from harken.kit import clock
from tests.cast import make_company, post
from tests.domain.replies.conftest import ObedientConnector

pytestmark = pytest.mark.django_db(transaction=True)
PACE = Pace(poll=0.05)


@pytest.fixture
def staff(transactional_db):
    company = make_company()
    Channel.objects.update(undo_seconds=0)
    company.channel.refresh_from_db()
    return company


@pytest.fixture
def worker(network):
    """Start the loop in a thread; ends it and gives the seconds that took."""
    stop = threading.Event()
    thread = threading.Thread(
        target=run,
        args=(stop,),
        kwargs={
            "connector_for": lambda _: ObedientConnector(network),
            "threads": 3,
            "worker_name": "here",
            "pace": PACE,
        },
    )
    thread.start()

    def end() -> float:
        began = time.monotonic()
        stop.set()
        thread.join(60)
        assert not thread.is_alive()
        return time.monotonic() - began

    yield end
    end()


def until(true, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def customers(company, count: int) -> list[Conversation]:
    receive_posts(company.channel, [post(by=f"customer{n}") for n in range(count)])
    return list(Conversation.objects.order_by("id"))


def all_sent() -> bool:
    return not Reply.objects.exclude(state=ReplyState.SENT).exists()


def test_replies_and_likes_leave_by_themselves(staff, network, worker):
    conversations = customers(staff, 20)
    for conversation in conversations:
        send(conversation, body="Tomorrow.", client_key=uuid.uuid4(), by=staff.mika)
    first = conversations[0].messages.get(direction="inbound")
    like(first, by=staff.mika)
    until(all_sent)
    until(lambda: len(network.named("like")) == 1)
    assert len(network.records) == 20


def test_a_slow_network_keeps_no_thread_from_the_others(staff, network, worker, monkeypatch):
    held = threading.Event()
    first = threading.Lock()
    real = network.answer

    def slow(name, what):
        if first.acquire(blocking=False):
            held.wait(120)
        real(name, what)

    monkeypatch.setattr(network, "answer", slow)
    for conversation in customers(staff, 6):
        send(conversation, body="Tomorrow.", client_key=uuid.uuid4(), by=staff.mika)
    until(lambda: Reply.objects.filter(state=ReplyState.SENT).count() == 5)
    held.set()
    until(all_sent)


def test_it_gives_signs_of_life(worker):
    until(lambda: ProcessBeat.objects.filter(name="worker:here").exists())
    assert (clock.now() - ProcessBeat.objects.get().at).total_seconds() < 30


def test_it_ends_soon_although_a_call_hangs(staff, network, worker, monkeypatch):
    hung, free = threading.Event(), threading.Event()

    def hang(name, what):
        hung.set()
        free.wait(120)

    monkeypatch.setattr(network, "answer", hang)
    (conversation,) = customers(staff, 1)
    send(conversation, body="Tomorrow.", client_key=uuid.uuid4(), by=staff.mika)
    assert hung.wait(60)
    assert worker() < 30  # not the two minutes of the call
    assert Reply.objects.get().state == ReplyState.SENDING  # to be looked for, as after a crash
    free.set()
    until(all_sent)


def test_it_survives_a_lost_database_connection(staff, worker):
    until(ProcessBeat.objects.exists)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    (conversation,) = customers(staff, 1)
    send(conversation, body="Tomorrow.", client_key=uuid.uuid4(), by=staff.mika)
    until(all_sent)


def test_its_connections_are_closed_at_the_end(staff, worker):
    until(ProcessBeat.objects.exists)
    worker()
    connections.close_all()

    def alone() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND backend_type = 'client backend'"
            )
            return bool(cursor.fetchone()[0] == 1)

    until(alone)
