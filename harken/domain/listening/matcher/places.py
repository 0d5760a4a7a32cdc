"""Where in a text the words of a query stand: what phrases and NEAR are decided by."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

import regex

from harken.domain.listening.language.nodes import Dense, Near, Node, Or, Phrase, Wild, Word
from harken.domain.listening.language.reading import FLAGS, SPACED, Reading, Span


@lru_cache(maxsize=20_000)
def pattern(form: str) -> regex.Pattern[str]:
    """The whole forms that a word with `*` and `?` stands for."""
    letters = rf"[{SPACED}_]" if form[0] == "#" else SPACED
    if form[0] in "#@":
        return regex.compile(regex.escape(form[:-1]) + r"\S*", FLAGS)
    parts = (
        {"*": f"{letters}*", "?": letters}.get(character, regex.escape(character))
        for character in form
    )
    return regex.compile("".join(parts), FLAGS)


def spans(node: Node, reading: Reading) -> list[Span]:
    """Every span that a word, a phrase or one of several takes, in their order."""
    match node:
        case Word(form):
            return reading.places.get(form, [])
        case Dense(form):
            return reading.spans_of_dense(form)
        case Wild(form):
            fits = pattern(form).fullmatch
            return sorted({s for f, found in reading.places.items() if fits(f) for s in found})
        case Phrase(parts):
            return _in_a_row([spans(part, reading) for part in parts])
        case Or(parts):
            return sorted({span for part in parts for span in spans(part, reading)})
    raise TypeError(f"{type(node).__name__} takes no place")


def needed(node: Node) -> tuple[str, ...]:
    """The forms of which every one must stand in a text for `node` to."""
    match node:
        case Word(form) | Dense(form):
            return (form,)
        case Phrase(parts):
            return tuple(form for part in parts for form in needed(part))
        case Near(left, right):
            return needed(left) + needed(right)
    return ()


def _in_a_row(each: list[list[Span]]) -> list[Span]:
    """The spans that begin with one of the first and go on without a gap to one of the last."""
    found = set(each[0])
    for following in each[1:]:
        starts: dict[int, list[int]] = {}
        for first, last in following:
            starts.setdefault(first, []).append(last)
        found = {(first, end) for first, last in found for end in starts.get(last + 1, ())}
    return sorted(found)


def are_near(node: Near, reading: Reading) -> bool:
    """Whether both sides stand close enough, and in their order if it counts."""
    left = spans(node.left, reading)
    right = spans(node.right, reading) if left else []
    if not right:
        return False
    return _follows(left, right, node.within) or (
        not node.ordered and _follows(right, left, node.within)
    )


def _follows(left: list[Span], right: list[Span], within: int) -> bool:
    """Whether one of `right` begins after one of `left` with at most `within` words between."""
    firsts = [first for first, _ in right]
    for _, last in left:
        after = bisect_right(firsts, last)
        if after < len(firsts) and firsts[after] - last - 1 <= within:
            return True
    return False
