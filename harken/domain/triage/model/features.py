"""Turning words into numbers: what the learner sees of a post.

A feature is the CRC-32 of a word, of a pair of neighbours or of a word's beginning. What is stored
of a taught post is therefore numbers only; the text cannot be read back from the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

BEGINNING = 5  # letters of a long word that stand for its family
REMEMBERED = 60_000
MOST = 400  # features of one post; enough for sixty words, and a bound on what a post can cost

_known: dict[str, tuple[int, ...]] = {}


def features(words: Sequence[str]) -> list[int]:
    """The features of a post, each once, in the order of the text."""
    found: dict[int, None] = {}
    before = "^"
    for word in words:
        own = _known.get(word)
        if own is None:
            own = _of_word(word)
        for feature in own:
            found[feature] = None
        found[crc32(f"{before} {word}".encode())] = None
        before = word
    listed = list(found)
    return listed[:MOST]


def word_features(word: str) -> tuple[int, ...]:
    """The features one word brings by itself."""
    return _known.get(word) or _of_word(word)


def pair_feature(before: str, word: str) -> int:
    """The feature of two neighbours; `before` is "^" at the start of the post."""
    return crc32(f"{before} {word}".encode())


def _of_word(word: str) -> tuple[int, ...]:
    if len(_known) > REMEMBERED:
        _known.clear()
    own = [crc32(word.encode())]
    bare = word.lstrip("#")
    if bare != word:
        own.append(crc32(bare.encode()))
    if len(bare) > BEGINNING:
        own.append(crc32(f"{bare[:BEGINNING]}*".encode()))
    _known[word] = result = tuple(own)
    return result
