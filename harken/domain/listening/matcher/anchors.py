"""Anchors: what a post must contain before a query can match at all.

A query's cover is a set of anchors of which every matching post has at least one. OR needs the
covers of all its parts, AND the cheapest of one of them; NOT has none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import regex

from harken.domain.listening.language.errors import QueryError
from harken.domain.listening.language.folding import fold
from harken.domain.listening.language.nodes import (
    And,
    Dense,
    Field,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Raw,
    Wild,
    Word,
)
from harken.domain.listening.language.reading import (
    DENSE,
    EMOJI,
    FLAGS,
    SPACED,
    is_spaced,
)


class Anchor(NamedTuple):
    """Something that stands in a post.

    `kind` is word (alone between borders), tag (whole, with its #), part (anywhere in the text),
    author, or site (a host or one below it).
    """

    kind: str
    text: str


Cover = frozenset[Anchor]
#: How common an anchor is: how many of a million posts have it, roughly.
Weigh = Callable[[Anchor], float]
_SPACED_RUN = regex.compile(f"{SPACED}+", FLAGS)
_ANY_RUN = regex.compile(f"{SPACED}+|{DENSE}+|{EMOJI}", FLAGS)
_NAMED_RUN = regex.compile("[^*]+")


def by_length(anchor: Anchor) -> float:
    """How common an anchor is as far as its length tells; good enough until posts were counted."""
    if anchor.kind in ("author", "site"):
        return 1
    length = len(anchor.text) + 2 * (not anchor.text.isascii())
    return float(1_000_000 / 4**length) * (8 if anchor.kind == "part" else 1)


def cover(node: Node, weigh: Weigh = by_length) -> Cover | None:
    """The cheapest cover of a query, None when there is none."""
    match node:
        case Word(form):
            return frozenset([_of_word(form)])
        case Dense(form):
            return frozenset([Anchor("part", form)])
        case Wild(form):
            runs = _NAMED_RUN if form[0] in "#@" else _SPACED_RUN
            return frozenset([Anchor("part", max(runs.findall(form), key=len))])
        case Raw(text):
            runs = _ANY_RUN.findall(fold(text))
            return frozenset([Anchor("part", max(runs, key=len))]) if runs else None
        case Field("author" | "site", value) if "*" not in value:
            return frozenset([Anchor(node.name, value)])
        case Or(parts):
            covers = [cover(part, weigh) for part in parts]
            return frozenset().union(*(c for c in covers if c)) if all(covers) else None
        case Phrase(parts) | And(parts):
            return _cheapest([cover(part, weigh) for part in parts], weigh)
        case Near(left, right):
            return _cheapest([cover(left, weigh), cover(right, weigh)], weigh)
    return None


def left_to_ask(node: Node, anchor: Anchor) -> Node | None:
    """What a query still asks of a text in which `anchor` stands; None when nothing is left.

    Not of a text with a hashtag of several words or a handle: an anchor says less there.
    """
    if anchor.kind != "tag" and not (anchor.kind == "word" and anchor.text.isalnum()):
        return node
    match node:
        case Word(form):
            return None if form == anchor.text else node
        case Or(parts):
            return node if all(left_to_ask(part, anchor) for part in parts) else None
        case And(parts):
            left = [each for part in parts if (each := left_to_ask(part, anchor))]
            if len(left) == len(parts):
                return node
            return And(tuple(left), node.at) if len(left) > 1 else left[0] if left else None
    return node


def _of_word(form: str) -> Anchor:
    if form[0] == "#":
        return Anchor("tag", form)
    return Anchor("word" if is_spaced[form[0]] else "part", form)


def _cheapest(covers: list[Cover | None], weigh: Weigh) -> Cover | None:
    there = [each for each in covers if each]
    return min(there, key=lambda each: sum(map(weigh, each)), default=None)


def check_cover(node: Node) -> None:
    """Raise `QueryError` for a query that would have to look at every post there is."""
    if cover(node) is not None:
        return
    culprit = node
    while isinstance(culprit, Or):
        culprit = next(part for part in culprit.parts if cover(part) is None)
    raise QueryError(
        "This would hear nearly every post: it names no word, hashtag, handle, author or site "
        "that must be there.",
        culprit.at,
        "example NOT vacancy" if isinstance(culprit, Not) else "",
    )
