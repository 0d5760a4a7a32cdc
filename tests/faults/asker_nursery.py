"""A process that takes answers back as people do, and is killed at random moments while it does.

Started as `python -m tests.faults.asker_nursery KILLS SEED`. A fork walks through our answers and
retracts two of three; KILLS times it gets SIGKILL and another begins anew, the last one finishes.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time

import django

LONGEST_LIFE = 0.35  # seconds


def ask() -> None:
    """Take back what is to be taken back; asked before is asked once."""
    from harken.domain.conversations.models import Message
    from harken.domain.replies.services.retract import Wish, retract

    for message in Message.objects.filter(direction="outbound").order_by("pk"):
        if message.pk % 3 and message.author is not None:
            retract(message, Wish("wrong", f"number {message.pk}"), by=message.author)


def raise_one() -> int:
    pid = os.fork()
    if pid == 0:
        try:
            ask()
        finally:
            os._exit(0)
    return pid


def main() -> None:
    kills, dice = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    django.setup()
    from harken.domain.channels import registry

    registry.connector_classes()
    for _ in range(kills):
        child = raise_one()
        time.sleep(dice.uniform(0.02, LONGEST_LIFE))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os.waitpid(raise_one(), 0)


if __name__ == "__main__":
    main()
