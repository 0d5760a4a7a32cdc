"""How alike two answers are, and a short shape by which alike ones are found among a million.

Alike is the Jaccard similarity of the texts' letter trigrams, as PostgreSQL's pg_trgm counts it:
shared trigrams divided by all of both, 0 to 1. The name of the customer and the signature are
taken out first, or every copy would differ by them.

The shape is a one-permutation MinHash (Li, Owen, Zhang, "One Permutation Hashing", NIPS 2012):
each trigram's hash falls into one of 64 bins, the smallest of each bin stays, an empty bin takes
the value of the next full one. Six bins make a band, and texts that share a band are looked at,
those that share most of them first. At a similarity of 0.85 one of the ten bands is shared in 99
of 100 cases, at 0.2 (two answers that have only their language in common) in 6 of 10,000.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

BINS, BAND = 64, 6
SHORTEST = 12  # trigrams below which nothing can be said
_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(r"https?://\S+")
_BIN_BITS = BINS.bit_length() - 1


def plain(text: str, without: Iterable[str] = ()) -> str:
    """Small letters without accents, links, marks, and without the words of `without`."""
    gone = {word for each in without for word in _WORD.findall(_folded(each))}
    words = _WORD.findall(_folded(_LINK.sub(" ", text)))
    return " ".join(word for word in words if word not in gone)


def _folded(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in flat if not unicodedata.combining(letter))


def trigrams(text: str) -> frozenset[str]:
    """The letter trigrams of each word of a plain text, padded as pg_trgm does."""
    found: set[str] = set()
    for word in text.split():
        padded = f"  {word} "
        found.update(padded[at : at + 3] for at in range(len(padded) - 2))
    return frozenset(found)


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared trigrams divided by all of both; 0 for nothing."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def shape(found: frozenset[str]) -> list[int]:
    """The bands of these trigrams, signed 64-bit numbers; none of too short a text."""
    if len(found) < SHORTEST:
        return []
    bins: list[int | None] = [None] * BINS
    for trigram in found:
        number = int.from_bytes(blake2b(trigram.encode(), digest_size=4).digest())
        place, value = number & (BINS - 1), number >> _BIN_BITS
        held = bins[place]
        if held is None or value < held:
            bins[place] = value
    full = _filled(bins)
    return [_band(full[at : at + BAND], at) for at in range(0, BINS - BAND + 1, BAND)]


def _filled(bins: list[int | None]) -> list[int]:
    """Each empty bin takes the next full one's value, marked by how far it was fetched."""
    full = []
    for place in range(BINS):
        steps = next(n for n in range(BINS) if bins[(place + n) % BINS] is not None)
        value = bins[(place + steps) % BINS]
        full.append(((value or 0) << _BIN_BITS) | steps)
    return full


def _band(values: list[int], place: int) -> int:
    said = b"".join(value.to_bytes(5) for value in values) + bytes([place])
    return int.from_bytes(blake2b(said, digest_size=8).digest(), signed=True)
