"""What the colleagues on the floor know of each other, and what they did together."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass

from harken.config.simulate.habits import Shift


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer that the desk took: what its writer remembers of it."""

    conversation: int
    under: str
    text: str


class Floor:
    """Who works when, who has which conversation, who answered what. Thread-safe.

    `topics`: ids by slug.
    """

    def __init__(self) -> None:
        self.shifts: dict[str, Shift] = {}
        self.sent: list[Sent] = []
        self.did: Counter[str] = Counter()
        self.topics: dict[str, int] = {}
        self.idle = 0
        self._holders: dict[int, str] = {}
        self._lock = threading.Lock()

    def has(self, conversation: int, who: str) -> None:
        """Somebody has it now."""
        with self._lock:
            self._holders[conversation] = who

    def holder(self, conversation: int) -> str:
        """Who has it; empty for nobody."""
        with self._lock:
            return self._holders.get(conversation, "")

    def is_there(self, who: str, moment: float) -> bool:
        """Whether somebody sits at their desk at a simulated moment."""
        shift = self.shifts.get(who)
        return shift is not None and shift.is_on(moment)

    def rests(self, change: int) -> None:
        """One more (1) or one less (-1) has nothing to do."""
        with self._lock:
            self.idle += change

    def count(self, what: str) -> None:
        """Something happened once more."""
        with self._lock:
            self.did[what] += 1

    def remember(self, sent: Sent) -> None:
        """An answer was taken."""
        with self._lock:
            self.sent.append(sent)
            self.did["answers"] += 1
