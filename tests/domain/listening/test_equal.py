"""The matcher says what the slow evaluator says, for every random post and query."""

from __future__ import annotations

from random import Random

import pytest

from harken.domain.listening.matcher.matcher import Matcher
from tests.domain.listening import chance as by_chance
from tests.domain.listening import slow


def differences(seed: int, posts: int, queries: int) -> tuple[list[str], int]:
    """What the two see differently, and how many pairs matched."""
    chance = Random(seed)
    made = [by_chance.query(chance) for _ in range(queries)]
    texts = [by_chance.written(each, chance) for each in made]
    matcher = Matcher(dict(enumerate(texts)))
    found, matched = [], 0
    every = [by_chance.post(chance) for _ in range(posts)]
    for heard, ours in zip(every, matcher.match_all(every), strict=True):
        for number, query in enumerate(made):
            theirs = slow.matches(query, heard)
            matched += theirs
            if theirs != (number in ours):
                found.append(f"{texts[number]!r} on {heard.text!r}: slow {theirs} {query}")
    return found, matched


def test_every_random_pair_is_judged_like_the_slow_one() -> None:
    found, matched = differences(seed=5, posts=80, queries=100)
    assert not found, found[:3]
    assert matched > 800  # a test of what never matches would prove nothing


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_100_000_random_pairs_are_judged_like_the_slow_one(seed: int) -> None:
    found, matched = differences(seed=1000 + seed, posts=100, queries=100)
    assert not found, found[:3]
    assert matched > 800
