"""One matcher of a benchmark: ready, go on a line of stdin, done on the next; says what it did."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import closing

import django


def main(server: str) -> None:
    django.setup()
    from harken.domain.listening.streaming import Matching
    from harken.kit.nats_stream import NatsStream

    with closing(NatsStream([server])) as stream:
        matching = Matching(stream)
        matching._ear.refresh()
        stream.backlog()  # connected
        print("ready", flush=True)
        sys.stdin.readline()
        stop = threading.Event()
        threading.Thread(target=stop_at_a_line, args=(stop,), daemon=True).start()
        used = time.process_time()
        while not stop.is_set():
            matching.turn()
        print(matching.posts, time.process_time() - used, flush=True)


def stop_at_a_line(stop: threading.Event) -> None:
    sys.stdin.readline()
    stop.set()


if __name__ == "__main__":
    main(sys.argv[1])
