"""Which words and topics are said now and were not before.

The measure is the log-likelihood ratio G2 of a two by two table (Dunning, "Accurate Methods for the
Statistics of Surprise and Coincidence", Computational Linguistics 19, 1993): people who said a
term and people who did not, now and before. Unlike a ratio it does not take three posts for a
trend, and unlike chi squared it holds for rare words. What is usual for a monitor, such as its own
name, is as frequent before and gets nothing. Words like "the" are as usual, but where people begin
to write in whole sentences, or in another language, they rise too: so those are left out (`stops`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from harken.domain.listening.trends.post import Post
from harken.domain.listening.trends.stops import Stops, telling
from harken.domain.listening.trends.terms import terms

#: p < 0.0001 with one degree of freedom, the cut that corpus linguistics uses (Rayson, 2008).
CLEARLY = 15.13
FEWEST = 3  # people; one person's campaign is no trend
#: Shared posts over all posts of two terms, from which on they are one topic.
SAME_TOPIC = 0.5
KEPT_TERMS = 20_000  # of a vocabulary; the rarest go when it has twice as many


@dataclass(frozen=True, slots=True)
class Rising:
    """A term, the people who said it now, its share before and now (0 to 1), and G2."""

    term: str
    people: int
    before: float
    now: float
    strength: float
    posts: frozenset[str] = field(repr=False)

    @property
    def is_new(self) -> bool:
        """Nobody said it before."""
        return self.before == 0


@dataclass(frozen=True, slots=True)
class Topic:
    """Rising terms that are said together, strongest first, and all posts with one of them."""

    terms: tuple[Rising, ...]
    posts: frozenset[str]

    @property
    def name(self) -> str:
        """The strongest term."""
        return self.terms[0].term


@dataclass(slots=True)
class Vocabulary:
    """How many posts with each term a monitor heard before, the older ones forgotten.

    Who said what is not kept: a count outlives the posts, and people's posts may be erased.
    """

    posts: float = 0.0
    counts: dict[str, float] = field(default_factory=dict)

    def learn(self, found: Iterable[str]) -> None:
        """Take in the terms of one post."""
        self.posts += 1
        for term in found:
            self.counts[term] = self.counts.get(term, 0.0) + 1
        if len(self.counts) > 2 * KEPT_TERMS:
            often = sorted(self.counts.items(), key=lambda each: -each[1])
            self.counts = dict(often[:KEPT_TERMS])

    def forget(self, kept: float) -> None:
        """Let everything weigh `kept` (0 to 1) of what it did; once a day with 0.9, say."""
        self.posts *= kept
        self.counts = {term: count * kept for term, count in self.counts.items()}


def ratio(now: float, of_now: float, before: float, of_before: float) -> float:
    """Dunning's G2 of `now` in `of_now` against `before` in `of_before`; 0 when not rising."""
    if not of_now or not of_before or now * of_before <= before * of_now:
        return 0.0
    share = (now + before) / (of_now + of_before)
    parts = ((now, of_now, share), (before, of_before, share))
    total = 0.0
    for said, of, chance in parts:
        total += _part(said, of * chance) + _part(of - said, of * (1 - chance))
    return 2 * total


def _part(seen: float, expected: float) -> float:
    return seen * math.log(seen / expected) if seen > 0 and expected > 0 else 0.0


def rising(
    posts: Sequence[Post], usual: Vocabulary, most: int = 20, stops: Stops | None = None
) -> list[Rising]:
    """The terms that rise in `posts` against `usual`, strongest first; a person counts once each.

    What says nothing, as `stops` knows, is left out. Nothing without a vocabulary: with nothing
    before, everything would be new.
    """
    people = len({post.author for post in posts})
    found = []
    spoken = _said(posts)
    for term, said in spoken.items():
        count = len({post.author for post in said})
        before = usual.counts.get(term, 0.0)
        strength = ratio(count, people, before, usual.posts)
        if count >= FEWEST and strength >= CLEARLY:
            ids = frozenset(post.id for post in said)
            shares = before / usual.posts, count / people
            found.append(Rising(term, count, *shares, strength, ids))
    if stops is not None:
        tell = telling({each.term: spoken[each.term] for each in found}, stops)
        found = [each for each in found if each.term in tell]
    found.sort(key=lambda each: (-each.strength, -len(each.term), each.term))
    return _without_parts(found)[:most]


def _said(posts: Iterable[Post]) -> dict[str, list[Post]]:
    said: dict[str, list[Post]] = {}
    for post in posts:
        for term in terms(post.text):
            said.setdefault(term, []).append(post)
    return said


def _without_parts(found: Sequence[Rising]) -> list[Rising]:
    """Without words that rise only inside a rising pair, and the other way round."""
    kept: list[Rising] = []
    for each in found:
        mine = set(each.term.split())
        if not any(mine & set(other.term.split()) and _alike(each, other) for other in kept):
            kept.append(each)
    return kept


def _alike(one: Rising, other: Rising) -> bool:
    """Whether the weaker is said nearly only where the stronger is."""
    return len(one.posts & other.posts) >= 0.8 * min(len(one.posts), len(other.posts))


def topics(found: Sequence[Rising]) -> list[Topic]:
    """Rising terms put together by the posts they share, the strongest topic first."""
    groups: list[list[Rising]] = []
    for each in found:
        near = [group for group in groups if _overlap(each, group[0]) >= SAME_TOPIC]
        if near:
            near[0].append(each)
        else:
            groups.append([each])
    return [Topic(tuple(g), frozenset().union(*(each.posts for each in g))) for g in groups]


def _overlap(one: Rising, other: Rising) -> float:
    """Shared posts, of the smaller one's."""
    return len(one.posts & other.posts) / min(len(one.posts), len(other.posts))
