"""The scan: one pass over many texts for the anchors of all monitors.

The texts lie in a row as bytes, a line end before and after each; so a hit is one text's, and what
stands beside it is there to be looked at. Letters of ASCII are made small in the whole row.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from harken.domain.listening.language.reading import is_in_tag, is_spaced
from harken.domain.listening.matcher.anchors import Anchor

IN_CACHE = 5_000  # anchors whose table of steps fits the processor's cache
LONGEST = 4  # bytes of one character
_WORD, _TAG, _OTHER = range(3)
_KINDS = {"word": _WORD, "tag": _TAG}
#: Bytes beside which a word's border is in doubt: of letters, digits and all beyond ASCII.
_DOUBTFUL = bytes(byte >= 0x80 or chr(byte).isalnum() for byte in range(256))


def automaton(patterns: Sequence[str]) -> BytesAhoCorasick:
    """What scans for `patterns`: a table of every step, a tighter one where there are many."""
    few = len(patterns) <= IN_CACHE
    how = Implementation.DFA if few else Implementation.ContiguousNFA
    return BytesAhoCorasick(
        [pattern.encode() for pattern in patterns],
        matchkind=MatchKind.Standard,
        implementation=how,
    )


class Scan:
    """The anchors that a text may contain, ready to be looked for."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self._kinds = [_KINDS.get(anchor.kind, _OTHER) for anchor in anchors]
        self._find = automaton([anchor.text for anchor in anchors]).find_matches_as_indexes

    def standing(self, texts: Sequence[str]) -> Iterator[tuple[int, str, list[int]]]:
        """The texts with an anchor: each one's number, itself folded, and its anchors' numbers.

        `texts` as `scannable` makes them; an anchor that stands twice is told twice.
        """
        raws = [text.encode() for text in texts]
        row = b"\n".join([b"", *raws, b""]).lower()
        hits = self._find(row, overlapping=True)
        if not hits:
            return
        ends = list(accumulate([len(raw) + 1 for raw in raws]))
        number = last = 0
        found: list[int] = []
        for index, start, end in hits:  # in the order of their ends
            kind = self._kinds[index]
            if kind == _WORD:
                if (_DOUBTFUL[row[start - 1]] and _goes_back(row, start)) or (
                    _DOUBTFUL[row[end]] and _goes_on(row, end)
                ):
                    continue
            elif kind == _TAG and is_in_tag[_after(row, end)]:
                continue
            if end > last:
                if found:
                    yield number, row[last - len(raws[number]) : last].decode(), found
                number = bisect_left(ends, end)
                last, found = ends[number], []
            found.append(index)
        if found:
            yield number, row[last - len(raws[number]) : last].decode(), found


def _goes_back(row: bytes, start: int) -> bool:
    """Whether a letter of a word stands before `start`."""
    return is_spaced[row[max(0, start - LONGEST) : start].decode(errors="ignore")[-1]]


def _goes_on(row: bytes, end: int) -> bool:
    """Whether a letter of a word stands at `end`."""
    return is_spaced[_after(row, end)]


def _after(row: bytes, end: int) -> str:
    return row[end : end + LONGEST].decode(errors="ignore")[0]
