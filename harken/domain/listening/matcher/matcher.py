"""The matcher: a scan for the anchors of all monitors, then the few queries they lead to.

What scans is built anew for a change and put in place by one assignment: whoever is matching a
post goes on with what they had, and the next post meets the new monitors.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from harken.domain.listening.language.nodes import Node, Or, Word
from harken.domain.listening.language.parser import parse
from harken.domain.listening.language.reading import (
    Reading,
    has_joined_tags,
    is_in_tag,
    is_spaced,
    scanned,
)
from harken.domain.listening.matcher.anchors import Anchor, Cover, Weigh, by_length, cover
from harken.domain.listening.matcher.predicates import Predicate, compiled, hosts_of
from harken.kit.heard import Heard

Ids = set[int]
_NONE: frozenset[int] = frozenset()
IN_CACHE = 5_000  # anchors whose table of steps fits the processor's cache


class Compiled(NamedTuple):
    """One monitor: its query, what it asks, and which anchors lead to it."""

    node: Node
    asks: Predicate
    cover: Cover
    sure: Cover  # anchors that decide alone, in a text without hashtags


class _Lead(NamedTuple):
    """Where an anchor leads: monitors that match by it alone, those to be asked, and all."""

    anchor: Anchor
    is_word: bool
    is_key: bool
    sure: tuple[int, ...]
    asked: tuple[tuple[int, Predicate], ...]
    every: tuple[tuple[int, Predicate], ...]


class _State(NamedTuple):
    find: Callable[..., list[tuple[int, int, int]]]
    leads: list[_Lead]
    keyed: dict[Anchor, _Lead]  # authors and sites


def compile_query(query: str, weigh: Weigh = by_length) -> Compiled:
    """A query ready to be matched; raises `QueryError` and ValueError for one without a cover."""
    node = parse(query)
    found = cover(node, weigh)
    if found is None:
        raise ValueError(f"no cover: {query}")
    return Compiled(node, compiled(node), found, _sure(node))


def _sure(node: Node) -> Cover:
    """The words of which each alone is what the query asks for."""
    parts = node.parts if isinstance(node, Or) else (node,)
    words = [part.form for part in parts if isinstance(part, Word) and part.form.isalnum()]
    return frozenset(Anchor("word", word) for word in words)


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
            self._put(id_, each._replace(cover=cover(each.node, self._weigh) or each.cover))

    def build(self) -> None:
        """Put the monitors as they are now in place."""
        for anchor in self._led.keys() - self._leads.keys():
            self._leads[anchor] = _lead(anchor, self._led[anchor])
        in_text = [lead for lead in self._leads.values() if not lead.is_key]
        keyed = {anchor: lead for anchor, lead in self._leads.items() if lead.is_key}
        automaton = _automaton([lead.anchor.text for lead in in_text])
        self._state = _State(automaton.find_matches_as_indexes, in_text, keyed)

    def match(self, heard: Heard) -> Ids | frozenset[int]:
        """The monitors that `heard` is for."""
        state = self._state
        text = scanned(heard.text)
        hits = state.find(text, overlapping=True)
        if not hits and not state.keyed:
            return _NONE
        leads = _standing(hits, text, state.leads) if hits else []
        if state.keyed:
            leads += _keyed(state.keyed, heard)
        return _decide(leads, heard, text) if leads else _NONE


def _standing(hits: list[tuple[int, int, int]], text: str, leads: list[_Lead]) -> list[_Lead]:
    """Where those hits lead that have the borders their anchor asks for."""
    found = []
    size = len(text)
    for index, start, end in hits:
        lead = leads[index]
        if lead.is_word:
            if (start and is_spaced[text[start - 1]]) or (end < size and is_spaced[text[end]]):
                continue
        elif lead.anchor.kind == "tag" and end < size and is_in_tag[text[end]]:
            continue
        found.append(lead)
    return found


def _lead(anchor: Anchor, monitors: dict[int, Compiled]) -> _Lead:
    every = tuple((id_, each.asks) for id_, each in monitors.items())
    sure = tuple(id_ for id_, each in monitors.items() if anchor in each.sure)
    asked = tuple(pair for pair in every if pair[0] not in sure) if sure else every
    is_key = anchor.kind in ("author", "site")
    return _Lead(anchor, anchor.kind == "word", is_key, sure, asked, every)


def _automaton(patterns: Collection[str]) -> AhoCorasick:
    """What scans for `patterns`: a table of every step, a tighter one where there are many."""
    few = len(patterns) <= IN_CACHE
    how = Implementation.DFA if few else Implementation.ContiguousNFA
    return AhoCorasick(patterns, matchkind=MatchKind.Standard, implementation=how)


def _keyed(keyed: dict[Anchor, _Lead], heard: Heard) -> list[_Lead]:
    """Where the author and the linked sites lead."""
    keys = [Anchor("author", heard.author.lower())]
    if heard.links or "://" in heard.text:
        for host in hosts_of(heard):
            labels = host.split(".")
            keys += [Anchor("site", ".".join(labels[i:])) for i in range(len(labels))]
    return [keyed[key] for key in keys if key in keyed]


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
