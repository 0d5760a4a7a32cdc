"""How common words are in what is heard, counted on a sample, so that anchors are chosen well."""

from __future__ import annotations

from collections import Counter

from harken.domain.listening.language.reading import Reading
from harken.domain.listening.matcher.anchors import Anchor, by_length

MOST_FORMS = 200_000  # rare ones are forgotten beyond that


class Frequencies:
    """The share of posts that have each form, of those that were seen."""

    def __init__(self) -> None:
        self._posts = 0
        self._counts: Counter[str] = Counter()

    def see(self, reading: Reading) -> None:
        """Count one post."""
        self._posts += 1
        self._counts.update(reading.forms)
        if len(self._counts) > MOST_FORMS:
            self._counts = Counter({f: n for f, n in self._counts.items() if n > 1})

    def weigh(self, anchor: Anchor) -> float:
        """How many of a million posts have `anchor`, roughly; a guess for what was never seen."""
        if self._posts < 100 or anchor.kind in ("author", "site", "part"):
            return by_length(anchor)
        # A form that was not seen is rarer than one in all posts seen, and the longer the rarer.
        unseen = min(by_length(anchor), 1_000_000 / self._posts)
        return 1_000_000 * self._counts[anchor.text] / self._posts + unseen
