"""The two ways from a source to the monitors: in this process, or over a stream to the matchers."""

from __future__ import annotations

import threading
from typing import Protocol

from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.source_reading import (
    dated,
    keep,
    note_trouble,
    waiting_for_stream,
)
from harken.kit.source import Caught
from harken.kit.stream import Stream, put_safely


class Way(Protocol):
    """Where what a source gave goes. Only behind it the cursor is stored; call from one thread."""

    def take(self, source: int, number: int, caught: Caught, stop: threading.Event) -> None:
        """Pass on the posts of a source and store its cursor; nothing of it when `stop` came first.

        `number` is the change the reader knows. Raises `Changed` when there is another by now.
        """
        ...

    def close(self) -> None:
        """Leave."""
        ...


class Here:
    """The monitors of this process hear the posts; the hits are stored with the cursor."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear

    def take(self, source: int, number: int, caught: Caught, stop: threading.Event) -> None:
        """See `Way`."""
        del stop
        if caught.posts:
            self._ear.refresh()
        keep(source, number, dated(source, caught), self._ear)

    def close(self) -> None:
        """See `Way`."""


class ByStream:
    """The posts are safe in the stream before the cursor is stored, and any matcher takes them.

    Who dies in between puts them there again. The engine leaves out what it just got, and
    `heard_once` the rest.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def take(self, source: int, number: int, caught: Caught, stop: threading.Event) -> None:
        """See `Way`. However long the stream is away: the cursor waits, and the source says why."""

        def say(trouble: str) -> None:
            note_trouble(source, number, waiting_for_stream(trouble))

        if put_safely(self._stream, dated(source, caught).posts, stop, say):
            keep(source, number, caught, None)

    def close(self) -> None:
        """See `Way`."""
        self._stream.close()
