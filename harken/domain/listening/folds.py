"""Finds the mention that a new one repeats: reposted, quoted, shortened or mistyped.

Two texts say the same when they share half of the shorter one's groups of three neighbouring words,
as for a spreading text (`trends.echoes`). What was heard before is in the database and may be much,
so each first mention keeps a sketch there, the `KEPT` smallest hashes of its groups: texts that
share half of their groups share some of these, and only such texts are compared. Of a post of
ordinary length that is half of it, so a short quotation of it is found as well.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from harken.domain.listening.trends.echoes import ALIKE, SHORTEST, groups_of
from harken.domain.listening.trends.terms import words

KEPT = 32  # hashes of one sketch
COMPARED = 12  # candidates with the most in common that are compared in full


def sketch_of(text: str) -> list[int]:
    """The smallest hashes of a text's groups, the same in every process; none of a short text."""
    row = words(text)
    if len(row) < SHORTEST:
        return []
    groups = {" ".join(row[at : at + 3]) for at in range(len(row) - 2)}
    return sorted(_hash(group) for group in groups)[:KEPT]


def _hash(group: str) -> int:
    digest = hashlib.blake2b(group.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class Firsts:
    """Mentions that others may be folded under, each with its text and who may be shown it.

    `monitors`: those that heard it. One is folded only under a mention that every monitor of its
    own heard too: whoever would have seen it sees the other.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[frozenset[int], frozenset[int]]] = {}
        self._index: dict[int, list[int]] = {}

    def add(self, number: int, text: str, sketch: Iterable[int], monitors: Iterable[int]) -> None:
        """One more first mention, under a number of the caller's."""
        self._known[number] = groups_of(text), frozenset(monitors)
        for each in sketch:
            self._index.setdefault(each, []).append(number)

    def like(self, text: str, sketch: Iterable[int], monitors: Iterable[int]) -> int | None:
        """The number of the one that says the same, the most alike; None for a new text."""
        shared = Counter(number for each in sketch for number in self._index.get(each, ()))
        heard, groups = frozenset(monitors), groups_of(text)
        best, share = None, ALIKE
        for number, _ in shared.most_common(COMPARED):
            known, theirs = self._known[number]
            alike = len(groups & known) / min(len(groups), len(known))
            if alike >= share and heard <= theirs and (best is None or alike > share):
                best, share = number, alike
        return best
