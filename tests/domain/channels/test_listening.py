"""How channels are shared out among threads and processes, and kept alive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection

from harken.domain.channels import listening
from harken.domain.channels.listening import Listeners, Pulse
from harken.domain.channels.models import Channel, ProcessBeat
from harken.domain.channels.queries import somebody_listens
from harken.domain.channels.services.tune import pause, resume
from tests.cast import Company, make_company

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(transactional_db: None) -> Company:
    return make_company()


def eventually(true: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def listeners(work: Callable[[int, Pulse], None]) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=Listeners(work).run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


class Work:
    """Counts the threads at work on each channel."""

    def __init__(self) -> None:
        self.running: dict[int, int] = {}
        self.most = 0
        self._lock = threading.Lock()

    def __call__(self, channel_id: int, pulse: Pulse) -> None:
        self._count(channel_id, 1)
        try:
            while not pulse.stopping:
                pulse.wait(0.05)
        finally:
            self._count(channel_id, -1)

    def _count(self, channel_id: int, change: int) -> None:
        with self._lock:
            self.running[channel_id] = self.running.get(channel_id, 0) + change
            self.most = max(self.most, self.running[channel_id])


def test_a_new_a_paused_and_a_resumed_channel_are_noticed_soon(
    company: Company,
) -> None:
    assert listening.LOOK <= 1.0  # seconds; how long a look takes is the machine's
    work = Work()
    first = company.channel.pk
    with listeners(work):
        eventually(lambda: work.running.get(first) == 1)
        second = Channel.objects.create(
            brand=company.brand, network="loopback", external_id="2", handle="second"
        )
        eventually(lambda: work.running.get(second.pk) == 1)
        pause(company.channel, by=company.lena)
        eventually(lambda: work.running[first] == 0)
        assert work.running[second.pk] == 1
        resume(company.channel, by=company.lena)
        eventually(lambda: work.running[first] == 1)
        Channel.objects.filter(pk=second.pk).delete()
        eventually(lambda: work.running[second.pk] == 0)
    assert work.running[first] == 0


def test_two_processes_never_read_one_channel_and_the_second_takes_over(
    company: Company,
) -> None:
    both = Work()
    with listeners(both) as first_stop:
        eventually(lambda: both.running.get(company.channel.pk) == 1)
        with listeners(both):
            time.sleep(1.5)
            assert both.running[company.channel.pk] == 1
            first_stop.set()
            eventually(lambda: both.running[company.channel.pk] == 0)
            eventually(lambda: both.running[company.channel.pk] == 1)
    assert both.most == 1


def test_work_that_breaks_is_started_again(company: Company) -> None:
    starts: list[int] = []

    def fragile(channel_id: int, pulse: Pulse) -> None:
        starts.append(channel_id)
        raise ValueError("broken")

    with listeners(fragile):
        eventually(lambda: len(starts) >= 2)


def test_a_stuck_thread_is_given_up_and_can_store_nothing_any_more(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "STUCK", 0.5)
    woken = threading.Event()
    starts: list[int] = []
    outcome: list[str] = []

    def sticky(channel_id: int, pulse: Pulse) -> None:
        pulse.interval = 0.05
        starts.append(channel_id)
        if len(starts) > 1:
            while not pulse.stopping:
                pulse.wait(0.05)
            return
        woken.wait(120)
        try:
            Channel.objects.filter(pk=channel_id).update(handle="written by a ghost")
            outcome.append("stored")
        except OperationalError:
            outcome.append("refused")

    with listeners(sticky):
        eventually(lambda: len(starts) >= 2)
        woken.set()
        eventually(lambda: outcome)
    assert outcome == ["refused"]
    assert Channel.objects.get().handle == "meridian.example"


def test_a_listener_whose_database_connection_dies_goes_on_with_a_new_one(
    company: Company,
) -> None:
    asked: list[str] = []

    def asking(channel_id: int, pulse: Pulse) -> None:
        while not pulse.stopping:
            asked.append(Channel.objects.get(pk=channel_id).handle)
            pulse.wait(0.1)

    with listeners(asking):
        eventually(lambda: asked)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        before = len(asked)
        eventually(lambda: len(asked) > before + 2)


def test_the_process_shows_that_it_lives_and_takes_its_sign_away(company: Company) -> None:
    assert not somebody_listens()
    with listeners(Work()):
        eventually(somebody_listens)
        assert ProcessBeat.objects.get().name.startswith("listen:")
    assert not ProcessBeat.objects.exists()
