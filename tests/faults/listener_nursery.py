"""A process that raises listeners and kills them in the middle of their work.

Started as `python -m tests.faults.listener_nursery KILLS SEED`; Django and all code are loaded
once, each listener is a fork. A listener tells through a pipe that it begins to store a page with
something in it; some milliseconds later it gets SIGKILL. After KILLS kills one listener is left
alone until SIGTERM. The last line printed is the number of kills.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import threading
import time

import django

LONGEST_LIFE = 0.12  # seconds after a page was begun
NOTHING_TO_DO = 10.0  # seconds without a page after which a listener is killed anyway


def live(bell: int) -> None:
    """The listener: the real one, ringing the bell before it stores a page."""
    from harken.domain.conversations import listening
    from harken.domain.conversations.services.receive import receive as real

    def ringing(channel, page, parse, *, read_from):
        if page.items:
            os.write(bell, b"p")
        return real(channel, page, parse, read_from=read_from)

    setattr(listening, "receive", ringing)  # noqa: B010 - a name it imported, not its own
    listening.run(threading.Event())


def raise_one() -> tuple[int, int]:
    """Fork a listener; its process id and the reading end of its bell."""
    ear, bell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ear)
        live(bell)
        os._exit(0)
    os.close(bell)
    return child, ear


def main() -> None:
    kills, dice = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    django.setup()
    from harken.connectors.loopback import connector
    from harken.domain.channels import listening as sharing
    from harken.domain.channels import registry

    registry.connector_classes()
    connector.PAGE = 60  # small pages: more of them to die in
    connector.LoopbackConnector.capabilities = type(connector.LoopbackConnector.capabilities)(
        poll_seconds=0.05
    )
    sharing.TAKE_OVER = 0.05  # a killed listener's lock is free as soon as its server notices
    died_storing = 0
    for _ in range(kills):
        child, ear = raise_one()
        ready, _, _ = select.select([ear], [], [], NOTHING_TO_DO)
        died_storing += bool(ready)
        time.sleep(dice.uniform(0, LONGEST_LIFE))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ear)
    sys.stdout.write(f"{kills} {died_storing}\n")
    sys.stdout.flush()
    live(os.open(os.devnull, os.O_WRONLY))


if __name__ == "__main__":
    main()
