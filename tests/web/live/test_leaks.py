"""The stream tells a department nothing of another: a real process, real changes, raw bytes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from harken.config.cli.group import free_port
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.assign import assign, take
from harken.domain.conversations.services.close import close, reopen
from harken.domain.conversations.services.notes import write_note
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.conversations.services.topics import set_topic
from harken.domain.departments.models import Responsibility
from harken.domain.departments.services.find import Finder
from harken.domain.departments.services.move import move_ripe
from harken.domain.journal.models import Event
from harken.domain.people.models import Role, User
from harken.domain.people.teams import leave
from harken.domain.presence.services import stay, take_over, write
from harken.domain.replies.services.draft import save_draft
from harken.domain.replies.services.send import send
from harken.kit import clock
from tests.cast import Company, person, post
from tests.faults.outbox import own_database

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "osprey-0815"


@contextmanager
def live_process() -> Iterator[int]:
    """The real live process on the test's database; yields its port."""
    port = free_port("127.0.0.1", 0)
    process = subprocess.Popen(
        [sys.executable, "-m", "harken.config.cli", "live", "--port", str(port)],
        env={**os.environ, "HARKEN_DATABASE_URL": own_database(), "HARKEN_PAGES": "unix:/nobody"},
    )
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(90)


class Ear:
    """Everything a person's browser is told, as raw bytes."""

    def __init__(self, port: int, user: User) -> None:
        browser = Client()
        browser.force_login(user)
        key = browser.cookies[settings.SESSION_COOKIE_NAME].value
        self._line = socket.create_connection(("127.0.0.1", port), 60)
        head = f"GET /live HTTP/1.1\r\nHost: x\r\nCookie: {settings.SESSION_COOKIE_NAME}={key}\r\n"
        self._line.sendall(f"{head}\r\n".encode())
        self.heard = b""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while said := self._line.recv(65536):
                self.heard += said

    def hears(self, wanted: bytes, times: int = 1) -> bool:
        """Whether `wanted` comes, so often; only a deaf line takes as long as is waited."""
        deadline = time.monotonic() + 90
        while self.heard.count(wanted) < times and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.heard.count(wanted) >= times

    def close(self) -> None:
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()
        self._thread.join(5)


def a_day_in(company: Company, lead: User) -> tuple[int, set[str]]:
    """Everything that happens to a conversation of billing; its id, and the events of it."""
    company.channel.team = company.billing
    company.channel.save()
    arrived = post(f"{CANARY} says so", by=CANARY)
    receive_posts(company.channel, [arrived])
    found = Conversation.objects.latest("pk")
    bea = company.bea
    found = set_topic(found, company.invoice, by=bea)
    stay(found, tab=uuid4(), by=bea)
    write(found, tab=uuid4(), by=bea)
    take_over(found, tab=uuid4(), by=lead)
    write_note(found, body=CANARY, client_key=uuid4(), by=bea)
    save_draft(found, body=CANARY, by=bea)
    found = assign(take(found, by=bea), to=None, by=lead)
    Responsibility.objects.update(user=None, since=clock.now() - timedelta(hours=1))
    move_ripe(Finder())
    send(found, body=f"{CANARY} answer", by=bea, client_key=uuid4(), seen=arrived_id(found))
    found = reopen(close(found, reason="spam", by=bea), by=bea)
    again = post(f"{CANARY} again", by=CANARY, root_id=arrived.root_id, parent_id=arrived.root_id)
    receive_posts(company.channel, [again])
    kinds = set(Event.objects.filter(conversation_id=found.pk).values_list("kind", flat=True))
    return found.pk, kinds


def arrived_id(found: Conversation) -> int:
    return found.messages.latest("pk").pk


def test_a_department_s_stream_holds_not_one_byte_of_another_s_day(company: Company) -> None:
    olga = person("Olga", Role.LEAD, company.billing)
    User.objects.filter(pk=company.bea.pk).update(display_name=f"Bea {CANARY}")
    company.bea.refresh_from_db()
    with live_process() as port:
        outside = {user: Ear(port, user) for user in (company.mika, company.lena, company.vic)}
        inside = Ear(port, olga)
        assert inside.hears(b"welcome")
        assert all(ear.hears(b"welcome") for ear in outside.values())
        conversation, kinds = a_day_in(company, olga)
        company.channel.team = company.service
        company.channel.save()
        receive_posts(company.channel, [post("The last word", by="zoe")])
        last = f'"conversation": {Conversation.objects.latest("pk").pk}'.encode()
        heard_all = [ear.hears(last) for ear in outside.values()]
        told = f'"conversation": {conversation}'.encode()
        assert inside.hears(b"ConversationReopened")
        for ear in (inside, *outside.values()):
            ear.close()
    assert all(heard_all), "a stream was deaf, so its silence says nothing"
    assert told in inside.heard
    assert CANARY.encode() in inside.heard, "presence names colleagues to their own department"
    read = sum(len(ear.heard) for ear in outside.values())
    sys.stdout.write(
        f"\nleaks: {len(kinds)} kinds of events of one department, 3 streams of another, "
        f"{read} bytes read\n"
    )
    for user, ear in outside.items():
        assert CANARY.encode() not in ear.heard, user
        assert told not in ear.heard, user
        assert f'"{conversation}":'.encode() not in ear.heard, user


def test_who_leaves_a_team_hears_nothing_of_it_any_more(company: Company) -> None:
    with live_process() as port:
        mika, ben = Ear(port, company.mika), Ear(port, company.ben)
        assert mika.hears(b"welcome")
        assert ben.hears(b"welcome")
        leave(company.service, company.mika, by=company.lena)
        assert mika.hears(b"event: presence", 2)  # said anew to whose rights changed
        receive_posts(company.channel, [post("After she left", by="zoe")])
        told = f'"conversation": {Conversation.objects.latest("pk").pk}'.encode()
        assert ben.hears(told)
        time.sleep(0.5)
        mika.close()
        ben.close()
    assert told not in mika.heard
