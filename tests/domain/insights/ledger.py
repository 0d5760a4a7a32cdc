"""What a day should come to, tallied as it happens: the report's brute-force counterpart.

It keeps who waits in each conversation and moves one number at every act. Nothing of the product
is asked.
"""

from __future__ import annotations

from collections import Counter, defaultdict


class Ledger:
    """Counts turns from what is done, message by message (ids rise as they come)."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.waiting: dict[int, list[int]] = defaultdict(list)

    def came(self, conversation: int, message: int) -> None:
        waiting = self.waiting[conversation]
        waiting.append(message)
        if len(waiting) == 1:
            self.count["received"] += 1

    def settled(self, conversation: int, up_to: int, fate: str) -> None:
        """An answer or a closing covers the messages up to `up_to`."""
        left = [message for message in self.waiting[conversation] if message > up_to]
        if len(left) < len(self.waiting[conversation]):
            self.count[fate] += 1
            self.count["received"] += bool(left)  # whoever wrote meanwhile waits for the next
        self.waiting[conversation] = left

    def taken_back(self, conversation: int, message: int) -> None:
        waiting = self.waiting[conversation]
        if waiting[:1] == [message]:
            self.count["dismissed"] += 1
            self.count["received"] += len(waiting) > 1
        if message in waiting:
            waiting.remove(message)

    @property
    def open(self) -> int:
        return sum(bool(waiting) for waiting in self.waiting.values())
