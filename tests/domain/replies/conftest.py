"""An outbox without threads, and a network that does as it is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from harken.connectors.loopback.connector import LoopbackConnector
from harken.domain.channels.models import Channel
from harken.domain.journal.models import Event
from harken.domain.replies.delivery.action import perform
from harken.domain.replies.delivery.call import Caller
from harken.domain.replies.delivery.claim import Claim, Claimer
from harken.domain.replies.delivery.lines import Lines
from harken.domain.replies.delivery.pace import Pace
from harken.domain.replies.models import Reply
from harken.domain.replies.services.send import send
from harken.kit.connector import Capabilities, OutboundReply, Receipt


@dataclass
class Network:
    """What the network holds, what it was asked, and what it answers next.

    `answers`: for each coming call an error to raise, or a word: "ok", or "lost" (applied, and
    then an error that does not say so).
    """

    capabilities: Capabilities = LoopbackConnector.capabilities
    records: dict[str, OutboundReply] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    def answer(self, name: str, what: str) -> None:
        self.calls.append((name, what))
        answer = self.answers.pop(0) if self.answers else "ok"
        if isinstance(answer, Exception):
            raise answer

    def named(self, name: str) -> list[str]:
        return [what for called, what in self.calls if called == name]


class ObedientConnector(LoopbackConnector):
    """The loopback connector, its calls answered by a `Network`."""

    def __init__(self, network: Network) -> None:
        self.network_at_hand = network
        self.capabilities = network.capabilities

    def send(self, reply: OutboundReply) -> Receipt:
        net = self.network_at_hand
        if net.answers[:1] == ["lost"]:
            net.answers.pop(0)
            net.calls.append(("send", reply.key))
            net.records[reply.key] = reply
            raise TimeoutError("no answer came")
        net.answer("send", reply.key)
        net.records[reply.key] = reply
        return receipt_for(reply.key)

    def find(self, key: str) -> Receipt | None:
        self.network_at_hand.answer("find", key)
        return receipt_for(key) if key in self.network_at_hand.records else None

    def delete(self, external_id: str) -> None:
        self.network_at_hand.answer("delete", external_id)

    def like(self, external_id, native, key) -> Receipt:
        self.network_at_hand.answer("like", external_id)
        return receipt_for(key)


def receipt_for(key: str) -> Receipt:
    return Receipt(f"k-{key}", f"https://network.example/k-{key}")


@pytest.fixture
def network() -> Network:
    return Network()


@dataclass
class Outbox:
    """One worker's steps, taken one by one."""

    network: Network
    pace: Pace = field(default_factory=Pace)
    name: str = "worker"

    def __post_init__(self) -> None:
        self.lines = Lines(self._connector_for, self.pace.settle)
        self.caller = Caller(self.lines, self.pace)
        self.claimer = Claimer(self.name, self.pace)

    def _connector_for(self, channel: Channel) -> Any:
        return ObedientConnector(self.network)

    def claim(self, limit: int = 10) -> list[Claim]:
        return self.claimer.due(self.lines.usable(), limit)

    def deliver(self) -> int:
        claims = self.claim()
        for claim in claims:
            self.caller.deliver(claim)
        return len(claims)

    def look(self) -> int:
        claims = self.claimer.doubtful(self.lines.usable(), 10)
        for claim in claims:
            self.caller.look(claim)
        return len(claims)

    def act(self) -> int:
        claims = self.claimer.actions(self.lines.usable(), 10)
        for claim in claims:
            perform(claim, self.lines, self.caller)
        return len(claims)


@pytest.fixture
def outbox(network: Network) -> Outbox:
    return Outbox(network)


@pytest.fixture
def answer(company, receive) -> Callable[..., Reply]:
    """Let Mika answer a new customer; the reply's hold is over unless `held`."""

    def write(body: str = "It arrives tomorrow, Amara.", *, held: bool = False, **more) -> Reply:
        conversation = more.pop("conversation", None) or receive()
        by = more.pop("by", company.mika)
        reply = send(conversation, body=body, client_key=uuid.uuid4(), by=by, **more)
        if not held:
            hold_over(reply)
        return reply

    return write


def hold_over(reply: Reply) -> None:
    """Move the end of the hold (or of a pause, or of the settle time) into the past."""
    past = Now() - timedelta(seconds=1)
    Reply.objects.filter(pk=reply.pk).update(hold_until=past, next_attempt_at=past)


def told(kind: str) -> int:
    """How many events of this kind the journal holds."""
    return Event.objects.filter(kind=kind).count()


def set_channel(channel: Channel, **values) -> None:
    Channel.objects.filter(pk=channel.pk).update(**values)
