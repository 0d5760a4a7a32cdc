"""Two people, two clicks, two machines at the same moment: one answer, and no text lost."""

from __future__ import annotations

import random
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection

from harken.connectors.loopback.api import Answer, Api, Request
from harken.connectors.loopback.network import LoopbackNetwork
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.domain.replies.models import Attempt, Draft, Reply, ReplyState
from harken.domain.replies.services import send as sending
from harken.domain.replies.services.send import AlreadyAnswered, send
from harken.domain.replies.services.undo import TooLate, undo
from harken.kit import clock
from tests.cast import Company, make_company
from tests.faults.nursery import PATIENCE
from tests.faults.outbox import connected, copies_at, customers_write, workers

ROUNDS = 500
UNDOS = 1_000
HOLD = 1  # seconds
AT_A_TIME = 15  # replies of one person held at once, fewer where the machine is slow
SEED = 2_026
LEAD = 0.005  # seconds by which one of two is first, or the other


@pytest.fixture
def network() -> Iterator[LoopbackNetwork]:
    with LoopbackNetwork.serve() as served:
        yield served


@pytest.fixture
def staff(transactional_db: None) -> Company:
    company = make_company()
    Channel.objects.all().delete()
    return company


@pytest.fixture
def channel(network: LoopbackNetwork, staff: Company) -> Channel:
    return connected(network, staff, "key.example")


def together(*works: Callable[[], None]) -> None:
    """Run these at once, each in a thread with its own database connection; errors are raised."""
    errors: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.parametrize(("rounds", "looking"), [(ROUNDS, True), (100, False)])
def test_500_double_answer_races_have_one_winner_each(
    network: LoopbackNetwork, staff: Company, channel: Channel, monkeypatch, rounds, looking
) -> None:
    if not looking:  # the database alone has to refuse the second
        monkeypatch.setattr(sending, "answer_to", lambda turn: None)
    conversations = customers_write(network, channel, rounds)
    barrier = threading.Barrier(2, timeout=PATIENCE)
    seen: Counter[str] = Counter()

    def answer_each(by: User) -> Callable[[], None]:
        dice = random.Random(by.username)

        def work() -> None:
            for conversation in conversations:
                body = f"{by.username} answers {conversation.pk}"
                barrier.wait()
                time.sleep(dice.uniform(0, LEAD))  # else who lost would come first for ever
                try:
                    send(conversation, body=body, client_key=uuid.uuid4(), by=by)
                    seen[f"{by.username} first"] += 1
                except AlreadyAnswered as refusal:
                    assert refusal.reply is not None
                    assert refusal.reply.conversation_id == conversation.pk
                    assert refusal.reply.author_id != by.pk
                    draft = Draft.objects.get(conversation=conversation, author=by)
                    assert draft.body == body
                    seen["refused with the draft kept"] += 1

        return work

    together(answer_each(staff.mika), answer_each(staff.ben))
    sys.stdout.write(f"\nraces: {rounds} rounds, {dict(seen)}\n")
    assert Reply.objects.count() == rounds
    assert Reply.objects.values("turn").distinct().count() == rounds
    assert seen["refused with the draft kept"] == rounds
    assert min(seen["mika first"], seen["ben first"]) > 0  # or nobody raced


def test_a_send_repeated_500_times_at_once_is_one_reply(
    network: LoopbackNetwork, staff: Company, channel: Channel
) -> None:
    conversation = customers_write(network, channel, 1)[0]
    key, clicks = uuid.uuid4(), 8
    barrier = threading.Barrier(clicks, timeout=PATIENCE)
    answered: list[int] = []

    def click() -> None:
        barrier.wait()
        for _ in range(-(-ROUNDS // clicks)):
            reply = send(conversation, body="Tomorrow.", client_key=key, by=staff.mika)
            answered.append(reply.pk)

    together(*[click] * clicks)
    assert len(answered) >= ROUNDS
    assert len(set(answered)) == Reply.objects.count() == 1


def test_after_1000_undos_at_any_moment_nothing_confirmed_left_the_house(
    network: LoopbackNetwork, staff: Company, channel: Channel, monkeypatch
) -> None:
    written = counted_writes(monkeypatch)
    Channel.objects.filter(pk=channel.pk).update(undo_seconds=HOLD)
    conversations = customers_write(network, channel, UNDOS)
    outcomes: dict[int, str] = {}
    shares = [conversations[start::4] for start in range(4)]
    began = time.monotonic()
    with workers(2):
        together(*[hesitation(share, staff.mika, n, outcomes) for n, share in enumerate(shares)])
        end = time.monotonic() + PATIENCE
        late = [reply for reply, outcome in outcomes.items() if outcome == "late"]
        while Reply.objects.filter(pk__in=late).exclude(state=ReplyState.SENT).exists():
            assert time.monotonic() < end, "replies that were not undone did not leave"
            time.sleep(0.1)
        time.sleep(HOLD + 0.5)  # whatever would still leave has left
    copies = copies_at(network)
    undone = [reply for reply, outcome in outcomes.items() if outcome == "undone"]
    called = Attempt.objects.filter(reply__in=undone).count()
    keys = Reply.objects.filter(pk__in=undone).values_list("key", flat=True)
    asked = sum(written[key] for key in keys)
    left = sum(
        copies[body] for body in Reply.objects.filter(pk__in=undone).values_list("body", flat=True)
    )
    sent = [
        copies[body] for body in Reply.objects.filter(pk__in=late).values_list("body", flat=True)
    ]
    sys.stdout.write(
        f"\nundo: {len(undone)} confirmed, {len(late)} too late; after a confirmed undo "
        f"{called} attempts, {asked} calls of {sum(written.values())} and {left} posts; "
        f"{time.monotonic() - began:.1f} s\n"
    )
    assert len(undone) + len(late) == UNDOS
    assert len(undone) > UNDOS / 4 and late  # both ends were reached, or nothing was tried
    assert (called, asked, left) == (0, 0, 0)
    assert sum(written.values()) >= len(late)  # or nobody counted
    assert sent == [1] * len(late)
    assert Draft.objects.count() == len(undone)


def counted_writes(monkeypatch) -> Counter[str]:
    """How often the network was asked to write under each key, from now on."""
    counted: Counter[str] = Counter()
    real = Api.answer

    def counting(api: Api, request: Request) -> Answer:
        if (request.method, request.path[:1]) == ("PUT", ("record",)):
            counted[request.path[1]] += 1
        return real(api, request)

    monkeypatch.setattr(Api, "answer", counting)
    return counted


def hesitation(
    conversations: list[Conversation], by: User, number: int, outcomes: dict[int, str]
) -> Callable[[], None]:
    """Answer each, then undo each: half at any moment left of the hold, half around its end."""
    dice = random.Random(SEED + number)
    waiting = list(conversations)

    def moment(hold_until):
        if dice.random() < 0.5:
            return hold_until - (hold_until - clock.now()) * dice.random()
        return hold_until - timedelta(milliseconds=dice.uniform(-2, 10))

    def handful() -> list[Reply]:
        """The next answers, no more than are written while the first has half its hold left."""
        held = [answered(waiting.pop(), by)]
        enough = held[0].hold_until - timedelta(seconds=HOLD / 2)
        while waiting and len(held) < AT_A_TIME and clock.now() < enough:
            held.append(answered(waiting.pop(), by))
        return held

    def work() -> None:
        while waiting:
            held = handful()
            for when, reply in sorted(
                ((moment(reply.hold_until), reply) for reply in held), key=lambda pair: pair[0]
            ):
                time.sleep(max(0.0, (when - clock.now()).total_seconds()))
                try:
                    undo(reply, by=by)
                    outcomes[reply.pk] = "undone"
                except TooLate:
                    outcomes[reply.pk] = "late"

    return work


def answered(conversation: Conversation, by: User) -> Reply:
    body = f"Held in {conversation.pk}"
    return send(conversation, body=body, client_key=uuid.uuid4(), by=by)
