"""The matcher: a scan for the anchors of all monitors, then the few queries they lead to.

What scans is built anew for a change and put in place by one assignment: whoever is matching a
post goes on with what they had, and the next post meets the new monitors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from harken.domain.listening.language.folding import lowered
from harken.domain.listening.language.nodes import Node
from harken.domain.listening.language.parser import parse
from harken.domain.listening.language.reading import Reading, has_joined_tags, scannable
from harken.domain.listening.matcher.anchors import (
    Anchor,
    Cover,
    Weigh,
    by_length,
    cover,
    left_to_ask,
)
from harken.domain.listening.matcher.predicates import Predicate, compiled, hosts_of
from harken.domain.listening.matcher.scan import Scan
from harken.kit.heard import Heard

Ids = set[int]
_NONE: frozenset[int] = frozenset()


class Compiled(NamedTuple):
    """One monitor: its query, what it asks, and which anchors lead to it."""

    node: Node
    asks: Predicate
    cover: Cover
    left: Mapping[Anchor, Predicate | None]  # what it still asks where an anchor stands


class _Lead(NamedTuple):
    """Where an anchor leads: monitors it decides, those to be asked the rest, and all."""

    anchor: Anchor
    is_key: bool
    sure: tuple[int, ...]
    asked: tuple[tuple[int, Predicate], ...]
    every: tuple[tuple[int, Predicate], ...]


class _State(NamedTuple):
    scan: Scan
    leads: list[_Lead]
    keyed: dict[Anchor, _Lead]  # authors and sites


def compile_query(query: str, weigh: Weigh = by_length) -> Compiled:
    """A query ready to be matched; raises `QueryError` and ValueError for one without a cover."""
    node = parse(query)
    found = cover(node, weigh)
    if found is None:
        raise ValueError(f"no cover: {query}")
    asks = compiled(node)
    return Compiled(node, asks, found, _left(node, asks, found))


def _left(node: Node, asks: Predicate, anchors: Cover) -> Mapping[Anchor, Predicate | None]:
    """What a query still asks where each of its anchors stands; None for nothing."""
    found: dict[Anchor, Predicate | None] = {}
    for anchor in anchors:
        left = left_to_ask(node, anchor)
        if left is node:
            found[anchor] = asks
        else:
            found[anchor] = compiled(left) if left else None
    return found


class Matcher:
    """All monitors at once. `put` and `remove` count from the next `build` on."""

    def __init__(self, queries: Mapping[int, str] | None = None, weigh: Weigh = by_length) -> None:
        self._weigh = weigh
        self._monitors: dict[int, Compiled] = {}
        self._led: dict[Anchor, dict[int, Compiled]] = {}
        self._leads: dict[Anchor, _Lead] = {}
        for id_, query in (queries or {}).items():
            self.put(id_, query)
        self.build()

    def __len__(self) -> int:
        return len(self._monitors)

    def put(self, id_: int, query: str) -> None:
        """Add a monitor or change its query; raises as `compile_query` does."""
        self._put(id_, compile_query(query, self._weigh))

    def _put(self, id_: int, made: Compiled) -> None:
        self.remove(id_)
        self._monitors[id_] = made
        for anchor in made.cover:
            self._led.setdefault(anchor, {})[id_] = made
            self._leads.pop(anchor, None)

    def remove(self, id_: int) -> None:
        """Take a monitor out, if it is there."""
        gone = self._monitors.pop(id_, None)
        for anchor in gone.cover if gone else ():
            del self._led[anchor][id_]
            self._leads.pop(anchor, None)
            if not self._led[anchor]:
                del self._led[anchor]

    def weigh_anew(self) -> None:
        """Choose every monitor's anchors again, by what is common now."""
        for id_, each in list(self._monitors.items()):
            best = cover(each.node, self._weigh) or each.cover
            left = each.left if best == each.cover else _left(each.node, each.asks, best)
            self._put(id_, each._replace(cover=best, left=left))

    def build(self) -> None:
        """Put the monitors as they are now in place."""
        for anchor in self._led.keys() - self._leads.keys():
            self._leads[anchor] = _lead(anchor, self._led[anchor])
        in_text = [lead for lead in self._leads.values() if not lead.is_key]
        keyed = {anchor: lead for anchor, lead in self._leads.items() if lead.is_key}
        self._state = _State(Scan([lead.anchor for lead in in_text]), in_text, keyed)

    def match(self, heard: Heard) -> Set[int]:
        """The monitors that `heard` is for."""
        return self.match_all((heard,))[0]

    def match_all(self, posts: Sequence[Heard]) -> list[Set[int]]:
        """The monitors that each of `posts` is for; a few hundred at once are the cheapest."""
        state = self._state
        found: list[Set[int]] = [_NONE] * len(posts)
        texts = [scannable(heard.text) for heard in posts]
        keyed = _keyed(state.keyed, posts) if state.keyed else {}
        for number, text, anchors in state.scan.standing(texts):
            leads = [state.leads[anchor] for anchor in anchors] + keyed.pop(number, [])
            found[number] = _decide(leads, posts[number], text)
        for number, leads in keyed.items():
            found[number] = _decide(leads, posts[number], lowered(texts[number]))
        return found


def _lead(anchor: Anchor, monitors: dict[int, Compiled]) -> _Lead:
    every = tuple((id_, each.asks) for id_, each in monitors.items())
    left = [(id_, each.left[anchor]) for id_, each in monitors.items()]
    sure = tuple(id_ for id_, asks in left if asks is None)
    asked = tuple((id_, asks) for id_, asks in left if asks is not None)
    is_key = anchor.kind in ("author", "site")
    return _Lead(anchor, is_key, sure, every if asked == every else asked, every)


def _keyed(keyed: dict[Anchor, _Lead], posts: Sequence[Heard]) -> dict[int, list[_Lead]]:
    """Where authors and linked sites lead, by the number of the post."""
    found = {}
    for number, heard in enumerate(posts):
        keys = [Anchor("author", heard.author.lower())]
        if heard.links or "://" in heard.text:
            for host in hosts_of(heard):
                labels = host.split(".")
                keys += [Anchor("site", ".".join(labels[i:])) for i in range(len(labels))]
        leads = [keyed[key] for key in keys if key in keyed]
        if leads:
            found[number] = leads
    return found


def _decide(leads: list[_Lead], heard: Heard, text: str) -> Ids:
    """Ask what is not decided by its anchors alone, each monitor once.

    A hashtag of several words stands in the scanned text in more than one way, and words of a
    handle beside it: there no anchor decides alone.
    """
    has_tags = has_joined_tags(text)
    matched: Ids = set()
    tried: Ids = set()
    reading = None
    for lead in leads:
        if not has_tags:
            matched.update(lead.sure)
        for id_, asks in lead.every if has_tags else lead.asked:
            if id_ in tried or id_ in matched:
                continue
            tried.add(id_)
            reading = reading or Reading(heard.text, None if has_tags else text)
            if asks(reading, heard):
                matched.add(id_)
    return matched
