"""One matcher of a benchmark, told what to do on stdin, line by line.

`open SHARE` connects it and is answered with `ready`; `go` lets it match until `stop`, which is
answered with how many posts it matched and its CPU seconds. SHARE below 1 lets it rest after each
batch, so that it never takes more of a core: a stand-in for a machine of its own.
"""

from __future__ import annotations

import select
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import django

from benchmarks.matcher import Town

if TYPE_CHECKING:
    from harken.domain.listening.services.hear import Ear
    from harken.domain.listening.streaming import Matching


def main(server: str) -> None:
    django.setup()
    from harken.domain.listening.services.hear import Ear
    from harken.domain.listening.streaming import Matching
    from harken.kit.nats_stream import NatsStream

    ear = Ear()
    settle(ear)
    while line := sys.stdin.readline():
        share = float(line.split()[1])
        with closing(NatsStream([server])) as stream:
            matching = Matching(stream, ear)
            stream.backlog()  # connected
            print("ready", flush=True)
            sys.stdin.readline()
            used = match(matching, share)
        print(matching.posts, used, flush=True)


def match(matching: Matching, share: float) -> float:
    """Until a line comes; the CPU seconds used."""
    began = time.process_time()
    while not select.select([sys.stdin], [], [], 0)[0]:
        before = time.process_time()
        matching.turn()
        if share < 1:
            time.sleep((time.process_time() - before) * (1 / share - 1))
    sys.stdin.readline()
    return time.process_time() - began


def settle(ear: Ear) -> None:
    """As a matcher is after its first minutes: it knows which words are common."""
    from harken.domain.listening.services.hear import FIRST, SAMPLE

    ear.refresh()
    town = Town()
    for _ in ear._matched([town.post(number) for number in range(SAMPLE * FIRST)]):
        pass


if __name__ == "__main__":
    main(sys.argv[1])
