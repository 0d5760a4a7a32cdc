"""Terms that say nothing about what a post is about: "the", "und", "qu'il".

Which words these are is asked of whoever calls, for the language that a term is said in: what is an
article in one language is a word worth reading in another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from harken.domain.listening.trends.post import Post

LOOKED_AT = 9  # posts of a term that are asked for their language
SHORTEST = 3  # letters that mean something beside an apostrophe: not those of "j'ai" or "we've"


class Stops(NamedTuple):
    """Who knows which words say nothing.

    `language_of` tells the language (ISO 639-1) of a text, whose label helps where that is short;
    empty when nobody can tell. `among` gives those of some words that say nothing in a language;
    none of a language nobody has listed.
    """

    language_of: Callable[[str, str], str]
    among: Callable[[str, Collection[str]], Collection[str]]


def telling(said: Mapping[str, Sequence[Post]], stops: Stops) -> set[str]:
    """Those of the terms said in these posts that say something.

    A pair of words falls with one of them: the other stands for itself.
    """
    spoken = _languages(said, stops)
    asked: dict[str, set[str]] = {}
    for term, language in spoken.items():
        asked.setdefault(language, set()).update(_parts(term))
    empty = {
        language: set(stops.among(language, words)) for language, words in asked.items() if language
    }
    return {
        term
        for term, language in spoken.items()
        if not any(_is_empty(word, empty.get(language, set())) for word in term.split())
    }


def _is_empty(word: str, empty: Collection[str]) -> bool:
    if word.startswith("#"):
        return False
    first, *rest = word.split("'")
    if not rest:
        return word in empty
    return all(part in empty or len(part) < SHORTEST for part in (first, *rest))


def _parts(term: str) -> Iterable[str]:
    return (part for word in term.split() for part in word.split("'"))


def _languages(said: Mapping[str, Sequence[Post]], stops: Stops) -> dict[str, str]:
    """What most of the first posts with each term are written in; empty where nobody can tell."""
    known: dict[str, str] = {}

    def language_of(post: Post) -> str:
        if post.id not in known:
            known[post.id] = stops.language_of(post.text, post.lang.partition("-")[0].lower())
        return known[post.id]

    found = {}
    for term, posts in said.items():
        told = Counter(filter(None, map(language_of, islice(posts, LOOKED_AT))))
        found[term] = told.most_common(1)[0][0] if told else ""
    return found
