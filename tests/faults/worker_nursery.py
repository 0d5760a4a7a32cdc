"""A process that raises delivery workers and kills them at random moments.

Started as `python -m tests.faults.worker_nursery WORKERS KILLS SEED`; Django and all code are
loaded once, each worker is a fork. A worker rings a bell at the start of each network call; KILLS
times a worker that has just rung gets SIGKILL some milliseconds later and is raised anew. Each
kill is told by a line, 1 if the worker was at work, else 0; then all are left alone until SIGTERM.
"""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import select
import signal
import sys
import threading
import time
from dataclasses import dataclass, replace

import django

LONGEST_LIFE = 0.15  # seconds after the first ring a kill waits for
NOTHING_TO_DO = 10.0  # seconds without a ring after which a worker is killed anyway
BETWEEN = 0.08  # seconds between two kills, so that the others get on
# The connector gives up after 2 s and the network applies a late write at most 1 s after it came.
PACE = {"deadline": 2.0, "lease": 4.0, "settle": 4.0, "poll": 0.1, "again": 0.2, "beat": 1.0}


def connector_for(channel):
    """The real connector, ringing the bell. What kind of network it speaks to, its handle says.

    `key...`: the network knows the key of a write, the same key twice is one post.
    `list...`: it does not, so a repeat is a second post; what is there can be listed.
    `none...`: as before, and nothing can be listed either.
    """
    from harken.connectors.loopback.connector import LoopbackConnector
    from harken.connectors.loopback.wire import Record, Trees
    from harken.domain.channels.credentials import StoredSecrets
    from harken.domain.channels.registry import account_of
    from harken.domain.replies.models import Reply

    class Ringing(LoopbackConnector):
        def send(self, reply):
            ring()
            if not channel.handle.startswith("key"):
                reply = replace(reply, key=secrets.token_hex(12))
            return super().send(reply)

        def delete(self, external_id):
            ring()
            super().delete(external_id)

        def find(self, key):
            if channel.handle.startswith("key"):
                return super().find(key)
            reply = Reply.objects.select_related("target", "conversation").get(key=key)
            posts = self._client.call("GET", f"/thread/{reply.conversation.thread_key}", Trees)
            ours = (reply.target.external_id, reply.body)
            there = [post for post in posts.trees[0] if (post.parent, post.text) == ours]
            return self._receipt(Record(key, there[0])) if there else None

    if channel.handle.startswith("none"):
        Ringing.capabilities = replace(LoopbackConnector.capabilities, can_find=False)
    return Ringing(account_of(channel), StoredSecrets(channel.pk))


class Bell:
    """The writing end of the pipe to the nursery; a full pipe has been heard already."""

    end = -1


def ring() -> None:
    with contextlib.suppress(BlockingIOError):
        os.write(Bell.end, b"c")


def live(bell: int) -> None:
    """The worker: the real loop until SIGTERM."""
    Bell.end = bell
    from harken.domain.replies.delivery.loop import run
    from harken.domain.replies.delivery.pace import Pace

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run(stop, connector_for=connector_for, worker_name=f"w{os.getpid()}", pace=Pace(**PACE))


@dataclass
class Child:
    """A forked worker and the reading end of its bell."""

    pid: int
    ear: int


def raise_one() -> Child:
    ear, bell = os.pipe()
    os.set_blocking(bell, False)
    pid = os.fork()
    if pid == 0:
        os.close(ear)
        try:
            live(bell)
        finally:
            os._exit(0)
    os.close(bell)
    return Child(pid, ear)


def end(child: Child, number: signal.Signals) -> None:
    os.kill(child.pid, number)
    os.waitpid(child.pid, 0)
    os.close(child.ear)


def kill_one(children: list[Child], dice: random.Random) -> bool:
    """Kill a worker that has just rung and raise another; False when none rang in time."""
    ears = [child.ear for child in children]
    for ear in select.select(ears, [], [], 0)[0]:
        os.read(ear, 65536)  # old rings
    working, _, _ = select.select(ears, [], [], NOTHING_TO_DO)
    victim = ears.index(dice.choice(working or ears))
    time.sleep(dice.uniform(0, LONGEST_LIFE))
    end(children[victim], signal.SIGKILL)
    children[victim] = raise_one()
    return bool(working)


def main() -> None:
    workers, kills, dice = int(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    django.setup()
    from harken.domain.channels import registry

    registry.connector_classes()
    children = [raise_one() for _ in range(workers)]
    for _ in range(kills):
        sys.stdout.write(f"{kill_one(children, dice):d}\n")
        sys.stdout.flush()
        time.sleep(dice.uniform(0, 2 * BETWEEN))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    stop.wait()
    for child in children:
        end(child, signal.SIGTERM)


if __name__ == "__main__":
    main()
