"""A caller of sources as the listen process is one: it stores posts and cursor together."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable

from harken.kit.source import Caught, Cursor, Gone, Source

PATIENCE = 120.0  # seconds before a test gives up


class Listener:
    """Opens a source from the stored cursor; what it holds survives its deaths."""

    def __init__(self, make: Callable[[], Source]) -> None:
        self._make = make
        self.cursor: Cursor = None
        self.stored: Counter[str] = Counter()
        self.texts: dict[str, str] = {}
        self.troubles: list[str] = []
        self.gone: list[Gone] = []
        self.deaths = 0

    def until(self, done: Callable[[], bool], *, dies: random.Random | None = None) -> None:
        """Listen until `done`; with `dies`, be killed now and then, before or after storing."""
        end = threading.Event()
        timer = threading.Timer(PATIENCE, end.set)
        timer.start()
        try:
            while not done():
                assert not end.is_set(), f"gave up: {len(self.stored)} stored, {self.troubles[-3:]}"
                self._life(end, done, dies)
        finally:
            timer.cancel()

    def _life(
        self, end: threading.Event, done: Callable[[], bool], dies: random.Random | None
    ) -> None:
        for caught in self._make().open(self.cursor, end):
            killed = dies is not None and bool(caught.posts) and dies.random() < 0.5
            if killed and dies is not None and dies.random() < 0.5:
                self.deaths += 1
                return  # between reading and storing
            self._store(caught)
            if killed:
                self.deaths += 1
                return  # right after storing
            if done():
                return

    def _store(self, caught: Caught) -> None:
        self.cursor = caught.cursor
        self.stored.update(post.uri for post in caught.posts)
        self.texts.update((post.uri, post.text) for post in caught.posts)
        self.gone += caught.gone
        if caught.trouble:
            self.troubles.append(caught.trouble)

    def has(self, uris: Iterable[str]) -> bool:
        return set(uris) <= set(self.stored)

    def each_once(self, uris: Iterable[str]) -> bool:
        """None missed, none twice, nothing else."""
        return self.stored == Counter(list(uris))
