"""Taking back under kill -9: what was asked for happens, and its evidence is never lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harken.connectors.loopback.network import LoopbackNetwork
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Message
from harken.domain.replies.models import ON_ITS_WAY, NetworkAction, Reply, ReplyState
from harken.domain.replies.models_retraction import Retraction
from tests.cast import Company, make_company
from tests.faults.nursery import PATIENCE, ROOT, end_all_of
from tests.faults.outbox import connected, copies_at, customers_write, own_database, workers
from tests.faults.test_outbox import answer_all

ANSWERS, KILLS, SEED = 120, 15, 2_026


@pytest.fixture
def network() -> Iterator[LoopbackNetwork]:
    with LoopbackNetwork.serve() as served:
        yield served


@pytest.fixture
def staff(transactional_db: None) -> Company:
    company = make_company()
    Channel.objects.all().delete()
    return company


def wait_for(sure, *, meanwhile=lambda: None) -> None:
    end = time.monotonic() + PATIENCE
    while not sure():
        assert time.monotonic() < end, "it did not happen"
        meanwhile()
        time.sleep(0.05)


def test_killed_askers_and_workers_lose_no_retraction_and_no_evidence(
    network: LoopbackNetwork, staff: Company
) -> None:
    replies = answer_all(
        customers_write(network, connected(network, staff, "key.example"), ANSWERS), staff.lena
    )
    with workers(3):
        wait_for(lambda: not Reply.objects.filter(state__in=ON_ITS_WAY).exists())
    texts = dict(Message.objects.filter(direction="outbound").values_list("pk", "body"))
    assert len(texts) == len(replies) == ANSWERS
    wanted = {pk for pk in texts if pk % 3}
    network.faults.set(lost_response=0.05, error=0.05, seed=SEED)
    looks = take_back(network, texts, wanted)
    kept = {each.action.message_id: each for each in Retraction.objects.select_related("action")}
    print(  # noqa: T201
        f"\n{len(wanted)} of {ANSWERS} answers taken back; {KILLS} askers and {KILLS} workers "
        f"killed, {looks} looks meanwhile; faults {dict(network.faults.seen)}"
    )
    assert kept.keys() == wanted
    assert NetworkAction.objects.count() == len(wanted)
    for pk, each in kept.items():
        assert each.stood == each.written == texts[pk], "the evidence says something else"
        assert each.why == f"number {pk}"
        assert each.deleted_at is not None
    gone = {texts[pk] for pk in wanted}
    there = copies_at(network)
    assert not [text for text in gone if there[text]], "still at the network"
    assert all(there[texts[pk]] == 1 for pk in texts.keys() - wanted), "took away too much"
    states = Reply.objects.filter(message__in=wanted).values_list("state", flat=True)
    assert set(states) == {ReplyState.RETRACTED}
    assert not Message.objects.filter(pk__in=wanted, deleted_at=None).exists()


def take_back(network: LoopbackNetwork, texts: dict[int, str], wanted: set[int]) -> int:
    """Let people ask and workers delete, all of them killed again and again, until it is done.

    Returns how often it was looked at meanwhile that nothing is gone without its evidence.
    """
    looks = 0

    def look() -> None:
        nonlocal looks
        there = copies_at(network)  # first: what is gone now was evidence before
        evidence = set(Retraction.objects.values_list("action__message_id", flat=True))
        missing = {pk for pk, text in texts.items() if not there[text]}
        assert missing <= evidence, "gone without a trace"
        looks += 1

    with workers(3, kills=KILLS, seed=SEED), askers() as asking:
        wait_for(lambda: asking.poll() is not None, meanwhile=look)
        done = Retraction.objects.filter(deleted_at__isnull=False)
        wait_for(lambda: done.count() == len(wanted), meanwhile=look)
    return looks


@contextmanager
def askers() -> Iterator[subprocess.Popen[str]]:
    """People who take back and are killed; ended with the block."""
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.asker_nursery", str(KILLS), str(SEED)],
        cwd=ROOT,
        env={**os.environ, "HARKEN_DATABASE_URL": own_database()},
        text=True,
        start_new_session=True,
    )
    try:
        yield nursery
    finally:
        end_all_of(nursery)
