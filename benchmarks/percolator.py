"""mokaccino, a percolator written in Rust, with the monitors and posts of `benchmarks.matcher`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mokaccino import Document, Percolator, Query

from harken.kit.heard import Heard

_WORD = re.compile(r"#?\w+")


def percolator(monitors: Sequence[list[Any]]) -> Percolator:
    """All monitors; a phrase or NEAR becomes AND, which asks it for less."""
    made = Percolator()
    for parts in monitors:
        made.add_query(_query(("and", parts)))
    return made


def _query(node: Any) -> Query:
    if isinstance(node, str):
        return Query.from_kv("text", node)
    how, of = node[0], node[1]
    if how in ("lang", "author"):
        return Query.from_kv(how, of)
    if how == "not":
        return Query.from_not(_query(of))
    parts = [_query(part) for part in of]
    return Query.from_or(parts) if how == "or" else Query.from_and(parts)


def percolate(made: Percolator, heard: Heard) -> list[int]:
    """The monitors that match one post."""
    document = Document().with_value("lang", heard.lang).with_value("author", heard.author)
    for word in set(_WORD.findall(heard.text.casefold())):
        document = document.with_value("text", word)
    found: list[int] = made.percolate_list(document)
    return found
